//! A service on this machine for the tests: it answers what it is told to, and notes what it was asked.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

/// What the service does with a question.
#[derive(Clone)]
pub(super) enum Act {
    /// Answers with a status and a body.
    Say(u16, String),
    /// Sends the head and half of what it promised.
    HangUp,
    /// Says nothing for a while.
    Sleep(Duration),
    /// Sends the questioner elsewhere.
    Redirect(String),
}

/// A question as it came.
#[derive(Clone)]
pub(super) struct Asked {
    pub path: String,
    pub body: Vec<u8>,
    pub at: Instant,
}

/// The service; its thread ends with the last act.
pub(super) struct Server {
    pub endpoint: String,
    asked: Arc<Mutex<Vec<Asked>>>,
}

impl Server {
    /// Answers one question with each of `acts`, in their order.
    pub(super) fn start(acts: Vec<Act>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let endpoint = format!("http://127.0.0.1:{}/facepp/v3", listener.local_addr().unwrap().port());
        let asked = Arc::new(Mutex::new(Vec::new()));
        let notes = Arc::clone(&asked);
        std::thread::spawn(move || {
            for act in acts {
                let Ok((stream, _)) = listener.accept() else { return };
                let notes = Arc::clone(&notes);
                let sleeps = matches!(act, Act::Sleep(_));
                let run = move || answer(stream, &act, &notes);
                // Who waits for this answer may ask anew meanwhile.
                if sleeps { drop(std::thread::spawn(run)) } else { run() }
            }
        });
        Self { endpoint, asked }
    }

    /// The questions so far.
    pub(super) fn asked(&self) -> Vec<Asked> {
        self.asked.lock().unwrap().clone()
    }
}

fn answer(mut stream: TcpStream, act: &Act, notes: &Mutex<Vec<Asked>>) {
    let at = Instant::now();
    let Some((path, body)) = question(&mut stream) else { return };
    notes.lock().unwrap().push(Asked { path, body, at });
    let reply = match act {
        Act::Say(status, body) => {
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
    // The questioner may have gone.
    let _ = stream.write_all(reply.as_bytes());
}

/// The path and the body of a question.
fn question(stream: &mut TcpStream) -> Option<(String, Vec<u8>)> {
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
