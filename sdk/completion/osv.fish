# SPDX-License-Identifier: BSD-3-Clause
# Fish completion for osv: osv completion fish > ~/.config/fish/completions/osv.fish

complete -c osv -n __fish_use_subcommand -f -a run -d 'boot an image, or run a Linux program'
complete -c osv -n __fish_use_subcommand -f -a check -d 'say before any boot what would be missing'
complete -c osv -n __fish_use_subcommand -f -a gdb -d 'debug a guest'
complete -c osv -n __fish_use_subcommand -f -a doctor -d 'check what this machine has'
complete -c osv -n __fish_use_subcommand -f -a completion -d 'print the completion script for a shell'
complete -c osv -n __fish_use_subcommand -f -a init -d 'make a project folder build for OSv'
complete -c osv -n __fish_use_subcommand -f -a go -d 'the stock go tool, linking images'
complete -c osv -n '__fish_seen_subcommand_from completion' -f -a 'bash zsh fish'
complete -c osv -n '__fish_seen_subcommand_from init' -f -l rust -l cmake -l force
set -l run '__fish_seen_subcommand_from run'
complete -c osv -n $run -s m -l memory -x -d memory
complete -c osv -n $run -s c -l cpus -x -d processors
complete -c osv -n $run -l machine -x -a 'microvm q35 pc'
complete -c osv -n $run -l console -x -a 'serial virtio'
complete -c osv -n $run -l accel -x -a 'auto tcg kvm'
complete -c osv -n $run -s p -l publish -x -d 'forward a port'
complete -c osv -n $run -l net -x -a 'user tap: none'
complete -c osv -n $run -s v -l volume -r -d 'copy into the guest'
complete -c osv -n $run -l rootfs -r -d 'root directory'
complete -c osv -n $run -s e -l env -x -d 'environment variable'
complete -c osv -n $run -l cwd -x -d 'working directory'
complete -c osv -n $run -l linker -x -a 'auto osv system'
complete -c osv -n $run -l profile -x -a 'release debug'
complete -c osv -n $run -l strace -d 'print system calls'
complete -c osv -n $run -l bootchart -l syscall-summary -l missing-files -l all-files -l verbose -l dry-run
complete -c osv -n $run -l gdb -d 'wait for a debugger'
complete -c osv -n $run -l timeout -x -d seconds
complete -c osv -n $run -l kernel-option -l qemu-arg -l cpu-model -x
