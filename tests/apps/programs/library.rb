# SPDX-License-Identifier: BSD-3-Clause
# Ruby's threads, fibers, sockets, pipes, signals and files.
require 'digest'
require 'json'
require 'socket'
require 'tempfile'
require 'zlib'

puts JSON.generate({ a: [1, 2.5, nil], b: 'x' }), Digest::SHA256.hexdigest('osv'), Zlib.crc32('osv')
queue = Queue.new
4.times.map { |i| Thread.new { queue << (1..1000).sum * i } }.each(&:join)
puts queue.size.times.map { queue.pop }.sort.inspect
server = TCPServer.new('127.0.0.1', 0)
thread = Thread.new { c = server.accept; c.puts c.gets.upcase; c.close }
client = TCPSocket.new('127.0.0.1', server.addr[1])
client.puts 'hello'
puts client.gets
thread.join
Tempfile.create('x') { |f| f.write 'abc'; f.flush; puts File.size(f.path) }
r, w = IO.pipe
w << 'x'
w.close
puts r.read, (1..30).reduce(:*), Time.at(0).utc
fiber = Fiber.new { Fiber.yield 1; 2 }
puts fiber.resume + fiber.resume
caught = Queue.new
trap('USR1') { caught << 'signal' }
Process.kill('USR1', $$)
puts caught.pop
