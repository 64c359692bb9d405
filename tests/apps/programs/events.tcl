# SPDX-License-Identifier: BSD-3-Clause
# Tcl's event loop, sockets, clock and sorting.
puts [expr {6 * 7}]
puts [clock format 0 -gmt 1]
puts [lsort {c a b}]
set server [socket -server {apply {{c host port} {puts $c hello; close $c}}} 0]
set client [socket localhost [lindex [fconfigure $server -sockname] 2]]
fileevent $client readable {puts [gets $client]; set done 1}
vwait done
