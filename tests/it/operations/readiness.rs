//! `/healthz` asks nobody; `/readyz` asks the database.

use super::get;
use crate::support::cluster::OwnCluster;
use crate::support::process::stockroom;
use crate::support::{Database, ServerProcess};

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
    // The pool finds the database again by itself; a broken connection may be met first.
    for _ in 0..100 {
        if get(&url, "/readyz").await.0 == 200 {
            return server.stop().await;
        }
    }
    panic!("the server did not become ready again");
}
