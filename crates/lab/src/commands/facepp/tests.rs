//! The client against a local service that answers, throttles, fails and sends nonsense.

use std::path::Path;
use std::time::Duration;

use image::{Rgb, RgbImage};

use super::client::{Client, FaceppError, Keys, Settings};
use super::server::{Act, Server};
use super::*;

const KEY: &str = "the-key-0123456789";
const SECRET: &str = "the-secret-9876543210";

fn client(server: &Server) -> Client {
    let mut settings = Settings::new(&server.endpoint, 1000.0).unwrap();
    settings.first_wait = Duration::from_millis(2);
    settings.timeout = Duration::from_millis(1500);
    Client::new(settings, Keys::new(KEY.into(), SECRET.into()), Interrupt::default())
}

fn upload() -> Upload {
    Upload { bytes: b"\xff\xd8\xff-- not really a picture".to_vec(), name: "picture.jpg" }
}

fn respond(status: u16, body: &str) -> Act {
    Act::Respond(status, body.to_owned())
}

const AGE_31: &str = r#"{"faces":[{"attributes":{"age":{"value":31}}},{"attributes":{"age":{"value":5}}}]}"#;

#[test]
fn requests_have_the_format_of_the_service() {
    let server = Server::start(vec![
        respond(200, AGE_31),
        respond(200, r#"{"faces":[],"face_num":0}"#),
        respond(200, r#"{"confidence":87.5,"faces1":[{}],"faces2":[{}]}"#),
        respond(200, r#"{"faces1":[{}],"faces2":[]}"#),
    ]);
    let mut client = client(&server);
    assert_eq!(client.detect(&upload()).unwrap(), Some(31.0), "the first face");
    assert_eq!(client.detect(&upload()).unwrap(), None);
    assert_eq!(client.compare(&upload(), &upload()).unwrap(), Some(87.5));
    assert_eq!(client.compare(&upload(), &upload()).unwrap(), None);
    let asked = server.requests();
    let text = |index: usize| String::from_utf8_lossy(&asked[index].body).into_owned();
    assert_eq!((asked[0].path.as_str(), asked[2].path.as_str()), ("/facepp/v3/detect", "/facepp/v3/compare"));
    let detect = text(0);
    for wanted in [
        format!("name=\"api_key\"\r\n\r\n{KEY}\r\n"),
        format!("name=\"api_secret\"\r\n\r\n{SECRET}\r\n"),
        "name=\"return_attributes\"\r\n\r\nage\r\n".to_owned(),
        "name=\"image_file\"; filename=\"picture.jpg\"\r\n".to_owned(),
    ] {
        assert!(detect.contains(&wanted), "{wanted} is missing in {detect}");
    }
    assert!(asked[0].body.windows(8).any(|eight| eight == b"\xff\xd8\xff-- no"));
    assert!(text(2).contains("name=\"image_file1\"") && text(2).contains("name=\"image_file2\""));
}

#[test]
fn a_busy_or_failing_service_is_retried() {
    let busy = r#"{"error_message":"CONCURRENCY_LIMIT_EXCEEDED"}"#;
    let server = Server::start(vec![
        respond(403, busy),
        respond(500, "oops"),
        Act::HangUp,
        Act::Sleep(Duration::from_millis(3000)),
        respond(200, AGE_31),
    ]);
    assert_eq!(client(&server).detect(&upload()).unwrap(), Some(31.0));
    assert_eq!(server.requests().len(), 5);
    let server = Server::start(vec![respond(403, busy); 6]);
    let error = client(&server).detect(&upload()).unwrap_err();
    assert!(matches!(&error, FaceppError::Failed(why) if why.contains("CONCURRENCY_LIMIT")), "{error}");
    assert_eq!(server.requests().len(), 6, "retries end");
}

#[test]
fn nonsense_is_rejected_and_keys_never_leak() {
    let huge = format!("{{\"faces\": [], \"x\": \"{}\"}}", "x".repeat(2 << 20));
    for (acts, what) in [
        (vec![respond(200, r#"{"faces":[{"attributes":{"age":{"value":900}}}]}"#)], "invalid data"),
        (vec![respond(200, r#"{"faces":[{"attributes":{"age":{"value":"old"}}}]}"#)], "invalid data"),
        (vec![respond(200, "{}")], "invalid data"),
        (vec![respond(200, "[1]"); 6], "unreadable response"),
        (vec![respond(200, &huge); 6], "unreadable response"),
        (vec![respond(400, &format!(r#"{{"error_message":"BAD {KEY} {SECRET}"}}"#))], "BAD *** ***"),
        (vec![Act::Redirect("http://127.0.0.1:9/elsewhere".into()); 6], "status 307"),
    ] {
        let server = Server::start(acts);
        let error = client(&server).detect(&upload()).unwrap_err().to_string();
        assert!(error.contains(what) && !error.contains(KEY) && !error.contains(SECRET), "{error}");
    }
    let server = Server::start(vec![respond(200, r#"{"confidence":250}"#)]);
    assert!(client(&server).compare(&upload(), &upload()).is_err());
    let server =
        Server::start(vec![respond(401, &format!(r#"{{"error_message":"AUTHENTICATION_ERROR {KEY}"}}"#))]);
    let error = client(&server).detect(&upload()).unwrap_err();
    assert!(matches!(&error, FaceppError::Rejected(why) if !why.contains(KEY)), "{error}");
    let bad = [
        "http://example.com/v3",
        "ftp://127.0.0.1",
        "http://127.0.0.1.example.com",
        "http://127.0.0.1:8@example.com",
    ];
    for bad in bad {
        assert!(Settings::new(bad, 1.0).is_err(), "{bad}");
    }
}

#[test]
fn requests_respect_the_rate_limit_and_ctrl_c() {
    let server = Server::start(vec![respond(200, AGE_31); 3]);
    let mut settings = Settings::new(&server.endpoint, 20.0).unwrap();
    settings.timeout = Duration::from_secs(5);
    let interrupt = Interrupt::default();
    let mut client = Client::new(settings, Keys::new(KEY.into(), SECRET.into()), interrupt.clone());
    (0..3).for_each(|_| assert_eq!(client.detect(&upload()).unwrap(), Some(31.0)));
    let asked = server.requests();
    // Requests are fifty milliseconds apart, less the difference between two threads' clocks.
    assert!(asked.windows(2).all(|two| two[1].at - two[0].at > Duration::from_millis(25)));
    interrupt.trigger();
    assert!(matches!(client.detect(&upload()), Err(FaceppError::Stopped)));
}

fn queries(folder: &Path) -> Vec<Query> {
    (0..4)
        .map(|number| {
            let path = folder.join(format!("{number}.png"));
            RgbImage::from_pixel(8, 8, Rgb([number * 9; 3])).save(&path).unwrap();
            Query { name: format!("{number}.png"), pictures: vec![path] }
        })
        .collect()
}

#[test]
fn a_run_resumes_and_retries_failures() {
    let folder = tempfile::tempdir().unwrap();
    let (queries, out) = (queries(folder.path()), folder.path().join("age.csv"));
    let age =
        |age: u32| respond(200, &format!(r#"{{"faces":[{{"attributes":{{"age":{{"value":{age}}}}}}}]}}"#));
    let run = |acts: Vec<Act>| {
        let server = Server::start(acts);
        let tally = query_all(&mut client(&server), &Interrupt::default(), &queries, &out);
        (tally, server.requests().len())
    };
    let bad = respond(400, r#"{"error_message":"IMAGE_ERROR_UNSUPPORTED_FORMAT: image_file"}"#);
    let (tally, _) = run(vec![age(20), bad, respond(200, r#"{"faces":[]}"#), age(40)]);
    assert_eq!(tally.unwrap(), Tally { done: 3, failed: 1, not_reached: 0 });
    assert_eq!(std::fs::read_to_string(&out).unwrap(), "1,0.png,20\n3,2.png,null\n4,3.png,40\n");

    let cut = std::fs::read_to_string(&out).unwrap() + "2,1.p";
    std::fs::write(&out, cut).unwrap();
    let (tally, asked) = run(vec![age(30)]);
    assert_eq!((tally.unwrap().done, asked), (4, 1), "only the missing picture is requested");
    assert!(std::fs::read_to_string(&out).unwrap().ends_with("4,3.png,40\n2,1.png,30\n"));

    std::fs::write(&out, "1,other.png,20\n").unwrap();
    let error = run(vec![]).0.unwrap_err().to_string();
    assert!(error.contains("age.csv, line 1") && error.contains("--out"), "{error}");
    let refused = out.with_file_name("refused.csv");
    let server = Server::start(vec![respond(401, r#"{"error_message":"AUTHENTICATION_ERROR"}"#)]);
    assert!(query_all(&mut client(&server), &Interrupt::default(), &queries, &refused).is_err());
    assert_eq!(server.requests().len(), 1, "no further request");
}

#[test]
fn other_formats_are_sent_as_jpeg() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name);
    let picture =
        RgbImage::from_fn(900, 900, |x, y| Rgb([(x * y) as u8, (x ^ y) as u8, (x * 7 + y * y) as u8]));
    for name in ["a.png", "b.bmp", "c.jpg"] {
        picture.save(at(name)).unwrap();
    }
    let upload = |name: &str| Upload::load(&at(name)).unwrap();
    assert!(std::fs::metadata(at("b.bmp")).unwrap().len() > upload::MAX_BYTES as u64);
    assert!(upload("b.bmp").bytes.starts_with(b"\xff\xd8\xff") && upload("b.bmp").name == "picture.jpg");
    assert_eq!(upload("c.jpg").bytes, std::fs::read(at("c.jpg")).unwrap(), "unchanged");
    std::fs::write(at("d.png"), "no picture").unwrap();
    assert!(Upload::load(&at("d.png")).is_err());
}

#[cfg(unix)]
#[test]
fn answers_can_go_to_a_pipe() {
    use std::io::Read;
    let folder = tempfile::tempdir().unwrap();
    let pipe = folder.path().join("pipe");
    assert!(std::process::Command::new("mkfifo").arg(&pipe).status().unwrap().success());
    let mut results = super::results::Results::open(&pipe, &["a.png"]).unwrap();
    let mut reader = std::fs::File::open(&pipe).unwrap();
    results.add(0, "a.png", Some(20.0)).unwrap();
    drop(results);
    let mut text = String::new();
    reader.read_to_string(&mut text).unwrap();
    assert_eq!(text, "1,a.png,20\n");
}
