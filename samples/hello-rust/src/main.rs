// SPDX-License-Identifier: BSD-3-Clause
//! What Rust's std needs from below: arguments, collections, threads, channels, panics that unwind, time.
use std::collections::BTreeMap;
use std::sync::mpsc;
use std::thread;
use std::time::{Duration, Instant};

fn count_words(text: &str) -> BTreeMap<&str, usize> {
    let mut words = BTreeMap::new();
    for word in text.split_whitespace() {
        *words.entry(word).or_insert(0) += 1;
    }
    words
}

fn sum_in_threads(upto: u64) -> u64 {
    let (sender, receiver) = mpsc::channel();
    let workers: Vec<_> = (0..4)
        .map(|worker| {
            let sender = sender.clone();
            thread::spawn(move || sender.send((0..upto).filter(|n| n % 4 == worker).sum::<u64>()).unwrap())
        })
        .collect();
    drop(sender);
    for worker in workers {
        worker.join().unwrap();
    }
    receiver.iter().sum()
}

fn main() {
    println!("Hello from Rust on OSv");
    for (word, count) in count_words("one two one") {
        println!("{word} {count}");
    }
    println!("sum {}", sum_in_threads(1000));
    let outcome = std::panic::catch_unwind(|| {
        std::panic::set_hook(Box::new(|_| println!("panicking")));
        let values: Vec<u32> = Vec::new();
        values[std::env::args().count()]
    });
    println!("caught a panic: {}", outcome.is_err());
    let start = Instant::now();
    thread::sleep(Duration::from_millis(10));
    println!("slept long enough: {}", start.elapsed() >= Duration::from_millis(10));
}
