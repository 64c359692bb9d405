// SPDX-License-Identifier: BSD-3-Clause
// Java's threads, just-in-time compiler, garbage collector, sockets and files.
import java.io.*;
import java.net.*;
import java.nio.file.*;
import java.util.*;
import java.util.concurrent.*;

public class Threads {
    static long work(int n) {
        long sum = 0;
        for (int k = 0; k < 3000000; k++)
            sum += (k ^ n) % 13;
        return sum;
    }

    static String request() throws Exception {
        ServerSocket server = new ServerSocket(0);
        Thread thread = new Thread(() -> {
            try (Socket c = server.accept()) {
                c.getOutputStream().write("hello\n".getBytes());
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        });
        thread.start();
        try (Socket c = new Socket("127.0.0.1", server.getLocalPort())) {
            return new BufferedReader(new InputStreamReader(c.getInputStream())).readLine();
        } finally {
            thread.join();
        }
    }

    public static void main(String[] arguments) throws Exception {
        ExecutorService pool = Executors.newFixedThreadPool(4);
        List<Future<Long>> sums = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            final int n = i;
            sums.add(pool.submit(() -> work(n)));
        }
        for (Future<Long> sum : sums)
            System.out.println(sum.get());
        pool.shutdown();
        Map<Integer, byte[]> garbage = new HashMap<>();
        Random random = new Random(1);
        for (int i = 0; i < 60000; i++)
            garbage.put(random.nextInt(2000), new byte[2000]);
        System.gc();
        System.out.println(garbage.size() + " " + request());
        Path file = Files.createTempFile("a", "b");
        Files.writeString(file, "text");
        System.out.println(Files.readString(file) + Files.size(file));
        Files.delete(file);
        System.exit(3);
    }
}
