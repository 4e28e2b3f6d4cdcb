//! How long a change of stock takes to a subscriber while orders are placed.
//!
//! Clients place orders in a loop; a subscriber hears of every level. Each event names its order,
//! so the moment of the event is compared with the moment at which the order was sent, and with
//! that at which the client had its answer. Both are told: events may come before the answer.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use futures_util::{SinkExt, StreamExt};
use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;
use serde::Serialize;
use serde_json::{Value, json};
use tokio::net::TcpStream;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::tungstenite::http::HeaderValue;
use tokio_tungstenite::{WebSocketStream, client_async};

use crate::api::{Api, Outcome, told};
use crate::load::{Bodies, Latency, now_as_seed};

/// How long events may take to come after the last answer.
const PATIENCE: Duration = Duration::from_secs(1);
/// Levels that an order changes.
const LEVELS: usize = crate::jobs::LINES;

const SUBSCRIPTION: &str = "subscription { stockLevelChanged(mode: EVERY_CHANGE) { \
     cause { ... on SalesOrder { id } } \
     stockLevel { available version variant { sku } warehouse { code } } } }";

/// What was seen.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Delay {
    /// Clients that placed orders.
    pub clients: usize,
    /// Orders per second that they placed.
    pub orders_per_second: f64,
    /// Events that came.
    pub events: usize,
    /// Events that did not come in time.
    pub missing: usize,
    /// From the answer to the order until the event, in milliseconds; negative when it came first.
    pub after_answer: Latency,
    /// From sending the order until the event, in milliseconds.
    pub after_sending: Latency,
}

/// An order: its id, when it was sent, when it was answered.
type Placed = (String, Instant, Instant);

/// Runs clients for some time with one subscriber.
pub async fn measure(
    api: &Api,
    bodies: &Bodies,
    (clients, time): (usize, Duration),
) -> Outcome<Delay> {
    let mut socket = subscribe(api).await?;
    // The protocol has no answer to `subscribe`.
    tokio::time::sleep(Duration::from_millis(500)).await;
    let (stop, heard) = (
        Arc::new(AtomicBool::new(false)),
        Arc::new(AtomicBool::new(false)),
    );
    let last = heard.clone();
    let reader = tokio::spawn(async move { listen(&mut socket, &last).await });
    let began = Instant::now();
    let mut tasks = Vec::new();
    for client in 0..clients {
        let (api, bodies, stop) = (
            Api::new(&api.url, &api.token)?,
            bodies.clone(),
            stop.clone(),
        );
        tasks.push(tokio::spawn(async move {
            place(&api, &bodies, client, &stop).await
        }));
    }
    tokio::time::sleep(time).await;
    stop.store(true, Ordering::Relaxed);
    let mut placed = Vec::new();
    for task in tasks {
        placed.extend(task.await.map_err(told)??);
    }
    let seconds = began.elapsed().as_secs_f64();
    // What is still on its way comes soon, or counts as missing.
    tokio::time::sleep(PATIENCE).await;
    heard.store(true, Ordering::Relaxed);
    let events = reader.await.map_err(told)??;
    Ok(compare(&placed, &events, (clients, seconds)))
}

fn compare(
    placed: &[Placed],
    events: &[(String, Instant)],
    (clients, seconds): (usize, f64),
) -> Delay {
    let orders: HashMap<&str, (Instant, Instant)> = placed
        .iter()
        .map(|(id, sent, answered)| (id.as_str(), (*sent, *answered)))
        .collect();
    let (mut sending, mut answer) = (Vec::new(), Vec::new());
    for (id, at) in events {
        if let Some((sent, answered)) = orders.get(id.as_str()) {
            sending.push(microseconds(*at, *sent));
            answer.push(microseconds(*at, *answered));
        }
    }
    Delay {
        clients,
        orders_per_second: placed.len() as f64 / seconds,
        events: sending.len(),
        missing: (placed.len() * LEVELS).saturating_sub(sending.len()),
        after_answer: Latency::of(answer),
        after_sending: Latency::of(sending),
    }
}

/// From `before` until `at`; negative when `at` was first.
fn microseconds(at: Instant, before: Instant) -> i64 {
    let later = at.saturating_duration_since(before).as_micros() as i64;
    let earlier = before.saturating_duration_since(at).as_micros() as i64;
    later - earlier
}

async fn place(
    api: &Api,
    bodies: &Bodies,
    client: usize,
    stop: &AtomicBool,
) -> Outcome<Vec<Placed>> {
    let mut random = ChaCha8Rng::seed_from_u64(client as u64 + now_as_seed());
    let mut placed = Vec::new();
    while !stop.load(Ordering::Relaxed) {
        let body = bodies(&mut random);
        let sent = Instant::now();
        let answer = api.post(body).await?;
        let answered = Instant::now();
        let answer: Value = serde_json::from_slice(&answer).map_err(told)?;
        let id = answer["data"]["salesOrderPlace"]["salesOrder"]["id"]
            .as_str()
            .ok_or_else(|| format!("an order was refused: {answer}"))?;
        placed.push((id.to_owned(), sent, answered));
    }
    Ok(placed)
}

type Socket = WebSocketStream<TcpStream>;

async fn subscribe(api: &Api) -> Outcome<Socket> {
    let url = api.url.replacen("http://", "ws://", 1);
    let mut request = url.into_client_request().map_err(told)?;
    let bearer = format!("Bearer {}", api.token);
    for (name, value) in [
        ("sec-websocket-protocol", "graphql-transport-ws"),
        ("authorization", bearer.as_str()),
    ] {
        let value = HeaderValue::from_str(value).map_err(told)?;
        request.headers_mut().insert(name, value);
    }
    let address = request.uri().authority().ok_or("no address")?.to_string();
    let tcp = TcpStream::connect(&address).await.map_err(told)?;
    tcp.set_nodelay(true).map_err(told)?;
    let (mut socket, _) = client_async(request, tcp).await.map_err(told)?;
    say(&mut socket, &json!({ "type": "connection_init" })).await?;
    match socket.next().await {
        Some(Ok(Message::Text(text))) if text.contains("connection_ack") => {}
        other => return Err(format!("expected connection_ack, not {other:?}")),
    }
    let payload = json!({ "query": SUBSCRIPTION });
    let subscribe = json!({ "type": "subscribe", "id": "1", "payload": payload });
    say(&mut socket, &subscribe).await?;
    Ok(socket)
}

async fn say(socket: &mut Socket, message: &Value) -> Outcome<()> {
    let message = Message::text(message.to_string());
    socket.send(message).await.map_err(told)
}

/// Reads until told that enough was heard, and nothing has come for a moment.
async fn listen(socket: &mut Socket, enough: &AtomicBool) -> Outcome<Vec<(String, Instant)>> {
    let mut events = Vec::new();
    let mut texts = Vec::new();
    loop {
        let next = tokio::time::timeout(Duration::from_millis(100), socket.next()).await;
        match next {
            Ok(Some(Ok(Message::Text(text)))) => texts.push((text, Instant::now())),
            Ok(Some(Ok(_))) => {}
            Ok(other) => return Err(format!("the subscription ended: {other:?}")),
            Err(_) if enough.load(Ordering::Relaxed) => break,
            Err(_) => {}
        }
    }
    // Understood only now, so that reading keeps up.
    for (text, at) in texts {
        let message: Value = serde_json::from_str(&text).map_err(told)?;
        let payload = &message["payload"];
        if let Some(errors) = payload.get("errors") {
            return Err(format!("the subscription failed: {errors}"));
        }
        if let Some(id) = payload["data"]["stockLevelChanged"]["cause"]["id"].as_str() {
            events.push((id.to_owned(), at));
        }
    }
    Ok(events)
}
