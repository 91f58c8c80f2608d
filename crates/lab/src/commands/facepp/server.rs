//! Scripted local service for the tests, which records its requests.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

/// Reaction to a request.
#[derive(Clone)]
pub(super) enum Act {
    /// Responds with a status and a body.
    Respond(u16, String),
    /// Sends the header and half of the announced body.
    HangUp,
    /// Does not respond for a while.
    Sleep(Duration),
    /// Redirects the client.
    Redirect(String),
}

/// A received request.
#[derive(Clone)]
pub(super) struct ReceivedRequest {
    pub path: String,
    pub body: Vec<u8>,
    pub at: Instant,
}

/// The service; its thread ends after the last act.
pub(super) struct Server {
    pub endpoint: String,
    requests: Arc<Mutex<Vec<ReceivedRequest>>>,
}

impl Server {
    /// Reacts to one request with each of `acts`, in order.
    pub(super) fn start(acts: Vec<Act>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let endpoint = format!("http://127.0.0.1:{}/facepp/v3", listener.local_addr().unwrap().port());
        let requests = Arc::new(Mutex::new(Vec::new()));
        let log = Arc::clone(&requests);
        std::thread::spawn(move || {
            for act in acts {
                let Ok((stream, _)) = listener.accept() else { return };
                let log = Arc::clone(&log);
                let sleeps = matches!(act, Act::Sleep(_));
                let run = move || react(stream, &act, &log);
                // A client that gives up on this response may send another request meanwhile.
                if sleeps { drop(std::thread::spawn(run)) } else { run() }
            }
        });
        Self { endpoint, requests }
    }

    /// Requests received so far.
    pub(super) fn requests(&self) -> Vec<ReceivedRequest> {
        self.requests.lock().unwrap().clone()
    }
}

fn react(mut stream: TcpStream, act: &Act, log: &Mutex<Vec<ReceivedRequest>>) {
    let at = Instant::now();
    let Some((path, body)) = read_request(&mut stream) else { return };
    log.lock().unwrap().push(ReceivedRequest { path, body, at });
    let reply = match act {
        Act::Respond(status, body) => {
            format!(
                "HTTP/1.1 {status} X\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{body}",
                body.len()
            )
        }
        Act::HangUp => "HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n{\"faces\": [".to_owned(),
        Act::Sleep(time) => {
            std::thread::sleep(*time);
            String::new()
        }
        Act::Redirect(to) => {
            format!("HTTP/1.1 307 X\r\nLocation: {to}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
        }
    };
    // The client may have disconnected.
    let _ = stream.write_all(reply.as_bytes());
}

/// Path and body of a request.
fn read_request(stream: &mut TcpStream) -> Option<(String, Vec<u8>)> {
    let (mut bytes, mut some) = (Vec::new(), [0; 4096]);
    loop {
        let head_end = bytes.windows(4).position(|four| four == b"\r\n\r\n");
        if let Some(end) = head_end {
            let head = String::from_utf8_lossy(&bytes[..end]).to_ascii_lowercase();
            let length = head.lines().find_map(|line| line.strip_prefix("content-length: "))?;
            let length: usize = length.trim().parse().ok()?;
            if bytes.len() >= end + 4 + length {
                let path = head.split(' ').nth(1)?.to_owned();
                return Some((path, bytes[end + 4..end + 4 + length].to_vec()));
            }
        }
        match stream.read(&mut some) {
            Ok(0) | Err(_) => return None,
            Ok(count) => bytes.extend_from_slice(&some[..count]),
        }
    }
}
