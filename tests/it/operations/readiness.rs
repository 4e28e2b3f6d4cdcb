//! `/healthz` asks nobody; `/readyz` asks the database.

use super::get;
use crate::support::cluster::OwnCluster;
use crate::support::process::stockroom;
use crate::support::{Database, ServerProcess, shop};
use futures_util::future::join_all;
use serde_json::json;

both! {
    async fn a_server_that_runs_is_alive_and_ready(server: &TestServer) {
        let before = server.app().db.statements_sent();
        assert_eq!(get(&server.url(), "/healthz").await, (200, "ok\n".to_owned()));
        assert_eq!(server.app().db.statements_sent(), before, "nobody was asked");
        assert_eq!(get(&server.url(), "/readyz").await, (200, "ready\n".to_owned()));
    }
}

/// What `stockroom health` says of a port.
async fn health(port: &str) -> (Option<i32>, String) {
    let mut command = stockroom("sqlite://unused.db");
    command.args(["--port", port, "health"]);
    let output = tokio::task::spawn_blocking(move || command.output())
        .await
        .expect("it does not panic")
        .expect("stockroom can be run");
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    (output.status.code(), said)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_without_its_database_is_alive_and_not_ready() {
    let cluster = OwnCluster::start().await;
    let database = Database::create_in(cluster.url(), None).await;
    let server = ServerProcess::start(database.url()).await;
    let url = server.url();
    let port = url.split([':', '/']).nth(4).expect("a port").to_owned();
    assert_eq!(get(&url, "/readyz").await.0, 200);
    assert_eq!(health(&port).await.0, Some(0));
    cluster.stop_immediately().await;
    assert_eq!(get(&url, "/readyz").await.0, 503);
    assert_eq!(get(&url, "/healthz").await.0, 200);
    let (code, said) = health(&port).await;
    assert_eq!(code, Some(1), "{said}");
    cluster.restart().await;
    assert_eq!(
        get(&url, "/readyz").await.0,
        200,
        "it is ready again at once"
    );
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_meets_a_connection_that_a_restart_of_the_database_broke() {
    let cluster = OwnCluster::start().await;
    let database = Database::create_in(cluster.url(), None).await;
    let server = ServerProcess::start(database.url()).await;
    let client = server.client();
    // Some of them open connections side by side.
    let first = (0..8).map(|number| {
        let client = client.clone();
        async move { shop::warehouse(&client, &format!("W-{number}")).await }
    });
    join_all(first).await;
    cluster.stop_immediately().await;
    cluster.restart().await;
    for number in 8..24 {
        shop::warehouse(&client, &format!("W-{number}")).await;
    }
    let query = "{ warehouses(first: 100) { totalCount } }";
    let data = client.query(query, json!({})).await;
    assert_eq!(data["warehouses"]["totalCount"], 24);
    server.stop().await;
}
