//! Receive, sell, ship, and watch the stock move: the shortest way through everything.

use serde_json::json;

use crate::support::shop;

both! {
    async fn goods_are_received_sold_shipped_and_watched(server: &TestServer) {
        let client = server.client();
        shop::warehouse(&client, "MAIN").await;
        shop::customer(&client, "ANNA").await;
        shop::variant(&client, "TEA", Some("7.50")).await;
        shop::receive(&client, "MAIN", &[("TEA", "10", "3.10")]).await;

        let mut watch = client
            .subscribe(
                "subscription { stockLevelChanged(snapshot: true) { \
                 stockLevel { onHand reserved available } } }",
                json!({}),
            )
            .await;
        let mut seen = async || watch.next().await["stockLevelChanged"]["stockLevel"].take();
        assert_eq!(seen().await, json!({ "onHand": "10", "reserved": "0", "available": "10" }));

        let order = shop::order("ANNA", "MAIN", &[("TEA", "4")]);
        let placed = client.accept("salesOrderPlace", order, "salesOrder { id }").await;
        assert_eq!(seen().await, json!({ "onHand": "10", "reserved": "4", "available": "6" }));

        let input = json!({ "salesOrder": { "id": placed["salesOrder"]["id"] } });
        client.accept("fulfilmentShip", input, "fulfilments { id }").await;
        assert_eq!(seen().await, json!({ "onHand": "6", "reserved": "0", "available": "6" }));

        let level = shop::level(&client, "TEA", "MAIN").await;
        assert_eq!(level["value"]["amount"], "18.6", "six pieces at 3.10: {level}");
        watch.close().await;
    }
}

both_unchecked! {
    async fn what_was_stored_is_there_after_a_restart(server: TestServer) {
        shop::warehouse(&server.client(), "MAIN").await;
        let server = server.restart().await;
        let data = server.client().query("{ warehouses { nodes { code } } }", json!({})).await;
        assert_eq!(data["warehouses"]["nodes"], json!([{ "code": "MAIN" }]));
        server.stop().await;
    }
}

postgres_only! {
    async fn two_servers_share_a_database(server: &TestServer) {
        let second = server.second().await;
        shop::warehouse(&second.client(), "MAIN").await;
        let data = server.client().query("{ warehouses { nodes { code } } }", json!({})).await;
        assert_eq!(data["warehouses"]["nodes"], json!([{ "code": "MAIN" }]));
        second.stop().await;
    }
}

both! {
    async fn a_token_with_one_scope_has_no_other(server: &TestServer) {
        let reader = server.client_with(&[stockroom::platform::actor::Scope::StockRead]).await;
        reader.query("{ warehouses { nodes { code } } }", json!({})).await;
        let refused = reader.send("{ customers { nodes { code } } }", json!({})).await;
        assert_eq!(
            refused.body["errors"][0]["extensions"]["code"], "FORBIDDEN",
            "{:#}", refused.body
        );
        let refused = server.anonymous().send("{ warehouses { nodes { code } } }", json!({})).await;
        assert_eq!(
            refused.body["errors"][0]["extensions"]["code"], "UNAUTHENTICATED",
            "{:#}", refused.body
        );
    }
}

mod a_server_in_its_own_process_survives_being_killed {
    use super::*;
    use crate::support::{Database, Engine, ServerProcess};

    async fn promise(engine: Engine) {
        let database = Database::create(engine).await;
        let process = ServerProcess::start(database.url()).await;
        let token = process.token().to_owned();
        shop::warehouse(&process.client(), "MAIN").await;
        process.kill9().await;
        let process = ServerProcess::start_with_token(database.url(), &token).await;
        let data = process
            .client()
            .query("{ warehouses { nodes { code } } }", json!({}))
            .await;
        assert_eq!(data["warehouses"]["nodes"], json!([{ "code": "MAIN" }]));
        process.stop().await;
        database.remove().await;
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn sqlite() {
        promise(Engine::Sqlite).await;
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn postgres() {
        promise(Engine::Postgres).await;
    }
}
