<?php // SPDX-License-Identifier: BSD-3-Clause
// PHP's extensions, sockets and files.
echo json_encode(["a" => 1, "b" => [1, 2.5]]), "\n", hash("sha256", "x"), "\n", date("Y", 0), "\n", preg_replace("/o/", "0", "foo"), "\n";
$pair = stream_socket_pair(STREAM_PF_UNIX, STREAM_SOCK_STREAM, 0);
fwrite($pair[0], "across\n");
echo fgets($pair[1]);
$name = tempnam("/tmp", "php");
file_put_contents($name, "kept");
echo file_get_contents($name), filesize($name), "\n";
unlink($name);
