// SPDX-License-Identifier: BSD-3-Clause
//! A web server with a thread for each connection. Answers every GET with the same page.
//!
//! usage: http-server-rust [PORT [REQUESTS]]   (8080; ends with 0 after REQUESTS answers, else never)
use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::atomic::{AtomicU64, Ordering};
use std::{env, io, process, thread};

const PAGE: &str = "Hello from OSv\n";
static ANSWERED: AtomicU64 = AtomicU64::new(0);

/// One request's first line and whether the connection stays open; None at the end.
fn read_request(reader: &mut impl BufRead) -> io::Result<Option<(String, bool)>> {
    let mut first = String::new();
    if reader.read_line(&mut first)? == 0 {
        return Ok(None);
    }
    let mut keep = !first.trim_end().ends_with("HTTP/1.0");
    loop {
        let mut line = String::new();
        if reader.read_line(&mut line)? == 0 {
            return Ok(None);
        }
        let line = line.trim_end();
        if line.is_empty() {
            return Ok(Some((first, keep)));
        }
        keep &= !line.eq_ignore_ascii_case("connection: close");
    }
}

fn serve(stream: TcpStream, limit: u64) -> io::Result<()> {
    stream.set_nodelay(true)?;
    let mut writer = stream.try_clone()?;
    let mut reader = BufReader::new(stream);
    while let Some((first, keep)) = read_request(&mut reader)? {
        let is_get = first.starts_with("GET ");
        let (status, body) = if is_get { ("200 OK", PAGE) } else { ("405 Method Not Allowed", "") };
        let connection = if keep { "keep-alive" } else { "close" };
        let response = format!(
            "HTTP/1.1 {status}\r\nContent-Type: text/plain\r\nContent-Length: {}\r\nConnection: {connection}\r\n\r\n{body}",
            body.len()
        );
        writer.write_all(response.as_bytes())?;
        if is_get && ANSWERED.fetch_add(1, Ordering::Relaxed) + 1 == limit {
            println!("answered {limit} requests");
            process::exit(0);
        }
        if !keep {
            break;
        }
    }
    Ok(())
}

fn main() -> io::Result<()> {
    let arguments: Vec<String> = env::args().collect();
    let port: u16 = arguments.get(1).map_or(8080, |word| word.parse().expect("a port number"));
    let limit: u64 = arguments.get(2).map_or(0, |word| word.parse().expect("a number of requests"));
    let listener = TcpListener::bind(("0.0.0.0", port))?;
    println!("listening on port {port}");
    for stream in listener.incoming() {
        let stream = stream?;
        thread::spawn(move || serve(stream, limit));
    }
    Ok(())
}
