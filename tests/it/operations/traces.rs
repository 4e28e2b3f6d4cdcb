//! Traces go to an OpenTelemetry collector, where one is configured.

use std::process::Command;

use actix_web::{App, HttpResponse, HttpServer, web};
use serde_json::json;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tokio::task::spawn_blocking;
use tokio::time::timeout;

use super::launch;
use crate::support::process::create_token;
use crate::support::subscription::PATIENCE;
use crate::support::{Database, Engine};

const TRACE: &str = "4bf92f3577b34da6a3ce929d0e0e4736";

/// A collector that keeps what it is sent; its port.
fn collector() -> (u16, UnboundedReceiver<web::Bytes>) {
    let (to, bodies) = unbounded_channel();
    let take = async |to: web::Data<UnboundedSender<web::Bytes>>, body: web::Bytes| {
        to.send(body).expect("the test listens");
        HttpResponse::Ok().finish()
    };
    let server = HttpServer::new(move || {
        App::new()
            .app_data(web::Data::new(to.clone()))
            .route("/v1/traces", web::post().to(take))
    });
    let server = server.workers(1).disable_signals().bind("127.0.0.1:0");
    let server = server.expect("a port is free");
    let port = server.addrs()[0].port();
    tokio::spawn(server.run());
    (port, bodies)
}

fn contains(body: &[u8], wanted: &[u8]) -> bool {
    body.windows(wanted.len()).any(|window| window == wanted)
}

#[tokio::test(flavor = "multi_thread")]
async fn operations_are_spans_of_their_callers_traces() {
    let database = Database::create(Engine::Sqlite).await;
    let token = create_token(database.url()).await;
    let (port, mut bodies) = collector();
    let environment = vec![
        (
            "STOCKROOM_TRACES__ENDPOINT",
            format!("http://127.0.0.1:{port}/v1/traces"),
        ),
        ("STOCKROOM_TRACES__SERVICE", "shop-7".to_owned()),
    ];
    let (mut child, url) = launch(database.url().to_owned(), environment).await;
    let mutation = "mutation { warehouseCreate(input: { code: \"MAIN\", name: \"Main\" }) {
        errors { code } } }";
    let answer = reqwest::Client::new()
        .post(&url)
        .bearer_auth(&token)
        .header("traceparent", format!("00-{TRACE}-00f067aa0ba902b7-01"))
        .json(&json!({ "query": mutation }))
        .send()
        .await
        .expect("the server answers");
    assert_eq!(answer.status(), 200);
    // What was not sent yet is sent when the server stops.
    let asked = Command::new("kill")
        .args(["-TERM", &child.id().to_string()])
        .status();
    assert!(
        asked.is_ok_and(|status| status.success()),
        "it can be asked to stop"
    );
    let ended = spawn_blocking(move || child.wait())
        .await
        .expect("no panic");
    assert!(
        ended.is_ok_and(|status| status.success()),
        "it ends in order"
    );
    let body = timeout(PATIENCE, bodies.recv()).await.expect("traces come");
    let body = body.expect("a body");
    let id: Vec<u8> = (0..TRACE.len())
        .step_by(2)
        .map(|at| u8::from_str_radix(&TRACE[at..at + 2], 16).expect("two digits"))
        .collect();
    for (what, wanted) in [
        ("the caller's trace", id.as_slice()),
        ("the operation", b"warehouseCreate"),
        ("its transaction", b"transaction"),
        ("the service", b"shop-7"),
    ] {
        assert!(contains(&body, wanted), "{what} is told");
    }
    assert!(!contains(&body, token.as_bytes()), "no secret is told");
    database.remove().await;
}
