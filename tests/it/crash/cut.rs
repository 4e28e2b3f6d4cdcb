//! The caller hangs up in the middle of a mutation: it is done wholly, or not at all.

use std::time::Duration;

use serde_json::{Value, json};
use tokio::io::AsyncWriteExt;
use tokio::net::TcpStream;

use crate::support::{Client, shop};

const CUTS: usize = 50;

/// How a caller goes away.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Cut {
    /// In the middle of the body: it must not be done.
    HalfSent,
    /// After all of it was sent, with a packet that ends the connection at once.
    Reset,
    /// After all of it was sent, in order.
    Closed,
}

impl Cut {
    fn of(number: usize) -> Self {
        match number % 5 {
            0 => Self::HalfSent,
            1 | 2 => Self::Reset,
            _ => Self::Closed,
        }
    }
}

fn input(number: usize) -> Value {
    json!({
        "customer": { "code": "ANNA" },
        "warehouse": { "code": "MAIN" },
        "lines": [
            { "variant": { "sku": "A" }, "quantity": "1" },
            { "variant": { "sku": "B" }, "quantity": "2" },
        ],
        "idempotencyKey": format!("cut-{number}"),
    })
}

fn request(client: &Client, number: usize) -> String {
    let query = "mutation($input: SalesOrderPlaceInput!) { \
         salesOrderPlace(input: $input) { salesOrder { id } replayed } }";
    let body = json!({ "query": query, "variables": { "input": input(number) } }).to_string();
    let token = client.token().expect("the client has a token");
    format!(
        "POST /graphql HTTP/1.1\r\nhost: localhost\r\nauthorization: Bearer {token}\r\n\
         content-type: application/json\r\naccept: application/graphql-response+json\r\n\
         content-length: {}\r\n\r\n{body}",
        body.len()
    )
}

async fn send_and_hang_up(address: &str, request: &str, number: usize) -> std::io::Result<()> {
    let cut = Cut::of(number);
    let mut stream = TcpStream::connect(address).await?;
    let sent = match cut {
        Cut::HalfSent => &request[..request.len() - 40],
        Cut::Reset | Cut::Closed => request,
    };
    stream.write_all(sent.as_bytes()).await?;
    // The moments are spread from right away to after the end of a usual mutation.
    let step = u64::try_from(number * number).expect("a small number");
    tokio::time::sleep(Duration::from_micros(10 * step)).await;
    if cut == Cut::Reset {
        stream.set_zero_linger()?;
    }
    drop(stream);
    Ok(())
}

both! {
    async fn a_mutation_whose_caller_hangs_up_is_whole_or_absent(server: &TestServer) {
        let client = server.client();
        shop::warehouse(&client, "MAIN").await;
        shop::customer(&client, "ANNA").await;
        for sku in ["A", "B"] {
            shop::variant(&client, sku, Some("10")).await;
            shop::receive(&client, "MAIN", &[(sku, "1000", "4")]).await;
        }
        let address = format!("127.0.0.1:{}", server.port());
        for number in 0..CUTS {
            let outcome = send_and_hang_up(&address, &request(&client, number), number).await;
            assert!(outcome.is_ok(), "cut {number}: {outcome:?}");
        }
        // The same key again waits for what still runs, and finds it, or does it now.
        let (mut done, mut absent) = (0, 0);
        for number in 0..CUTS {
            let selection = "salesOrder { id lines { quantity reserved } }";
            let payload = client.accept("salesOrderPlace", input(number), selection).await;
            let lines = json!([
                { "quantity": "1", "reserved": "1" }, { "quantity": "2", "reserved": "2" },
            ]);
            assert_eq!(payload["salesOrder"]["lines"], lines, "cut {number}: {payload}");
            if payload["replayed"] == true {
                assert_ne!(Cut::of(number), Cut::HalfSent, "half a request was carried out");
                done += 1;
            } else {
                absent += 1;
            }
        }
        println!("{:?}: {CUTS} cuts, {done} were done, {absent} not", server.engine());
        let level = shop::level(&client, "B", "MAIN").await;
        assert_eq!(level["reserved"], (2 * CUTS).to_string(), "each key reserved once: {level}");
    }
}
