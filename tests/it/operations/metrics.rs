//! `/metrics`: every request, command, batch, socket and event is counted.

use serde_json::json;

use super::get;
use crate::support::{TestServer, shop};

/// The value of the only line that begins so.
async fn counted(server: &TestServer, line: &str) -> f64 {
    let (status, text) = get(&server.url(), "/metrics").await;
    assert_eq!(status, 200, "{text}");
    let found: Vec<&str> = text.lines().filter(|one| one.starts_with(line)).collect();
    let [one] = found.as_slice() else {
        panic!("{line} is told {} times:\n{text}", found.len());
    };
    let value = one.rsplit(' ').next().expect("a value");
    value.parse().expect("a number")
}

both! {
    async fn requests_and_commands_are_counted_by_what_became_of_them(server: &TestServer) {
        let client = server.client();
        shop::warehouse(&client, "MAIN").await;
        shop::customer(&client, "ANNA").await;
        shop::variant(&client, "TEA", Some("7.50")).await;
        shop::receive(&client, "MAIN", &[("TEA", "5", "3")]).await;
        for quantity in ["2", "9"] {
            let order = shop::order("ANNA", "MAIN", &[("TEA", quantity)]);
            client.mutate("salesOrderPlace", order, "salesOrder { id }").await;
        }
        client.send("{ warehouses { nodes { code } } }", json!({})).await;
        client.send("{ warehouses { nodes { nonsense } } }", json!({})).await;
        client.send("{ this is no document", json!({})).await;
        let placed = "stockroom_requests_total{operation=\"salesOrderPlace\",kind=\"mutation\",";
        assert_eq!(counted(server, &format!("{placed}outcome=\"ok\"}}")).await, 1.0);
        assert_eq!(counted(server, &format!("{placed}outcome=\"user_error\"}}")).await, 1.0);
        let read = "stockroom_requests_total{operation=\"warehouses\",kind=\"query\"";
        assert_eq!(counted(server, read).await, 1.0);
        let invalid = "stockroom_requests_total{operation=\"invalid\",kind=\"query\"";
        assert_eq!(counted(server, invalid).await, 1.0);
        let refused = "stockroom_requests_total{operation=\"none\",kind=\"none\"";
        assert_eq!(counted(server, refused).await, 1.0);
        let command = "stockroom_commands_total{command=\"salesOrderPlace\",outcome=";
        assert_eq!(counted(server, &format!("{command}\"accepted\"")).await, 1.0);
        assert_eq!(counted(server, &format!("{command}\"refused\"")).await, 1.0);
        assert_eq!(counted(server, "stockroom_lane_batch_size_count").await, 2.0);
        assert_eq!(counted(server, "stockroom_lane_wait_seconds_count").await, 2.0);
        assert_eq!(counted(server, "stockroom_lane_queue_length").await, 0.0);
        assert!(counted(server, "stockroom_lock_wait_seconds_count").await >= 2.0);
        let took = "stockroom_request_duration_seconds_count{operation=\"salesOrderPlace\"";
        assert_eq!(counted(server, took).await, 2.0);
        assert!(counted(server, "stockroom_http_requests_total{status=\"200\"}").await >= 7.0);
        let idle = counted(server, "stockroom_pool_connections{state=\"idle\"}").await;
        let used = counted(server, "stockroom_pool_connections{state=\"used\"}").await;
        assert!(idle + used >= 2.0, "{idle} and {used}");
        assert!(counted(server, "process_resident_memory_bytes").await > 1e6);
        assert!(counted(server, "process_cpu_seconds_total").await > 0.0);
        assert!(counted(server, "process_start_time_seconds").await > 1.7e9);
        let version = concat!("stockroom_build_info{version=\"", env!("CARGO_PKG_VERSION"), "\"}");
        assert_eq!(counted(server, version).await, 1.0);
    }

    async fn sockets_subscriptions_and_events_are_counted(server: &TestServer) {
        let client = server.client();
        shop::warehouse(&client, "MAIN").await;
        shop::variant(&client, "TEA", Some("7.50")).await;
        shop::receive(&client, "MAIN", &[("TEA", "5", "3")]).await;
        let query = "subscription { stockLevelChanged(snapshot: true) {
            stockLevel { onHand } } }";
        let mut watch = client.subscribe(query, json!({})).await;
        watch.next().await;
        assert_eq!(counted(server, "stockroom_sockets ").await, 1.0);
        assert_eq!(counted(server, "stockroom_subscribers ").await, 1.0);
        let before = counted(server, "stockroom_events_delivered_total").await;
        shop::receive(&client, "MAIN", &[("TEA", "5", "3")]).await;
        watch.next().await;
        assert!(counted(server, "stockroom_events_delivered_total").await > before);
        assert!(counted(server, "stockroom_event_lag_seconds").await < 60.0);
        watch.close().await;
        let subscribed = "stockroom_requests_total{operation=\"stockLevelChanged\"";
        assert_eq!(counted(server, subscribed).await, 1.0);
        // The socket is counted out when its farewell is over: ask until then.
        while counted(server, "stockroom_sockets ").await > 0.0 {
            tokio::task::yield_now().await;
        }
        assert_eq!(counted(server, "stockroom_socket_closed_total").await, 1.0);
        assert_eq!(counted(server, "stockroom_subscribers ").await, 0.0);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn metrics_can_be_turned_off() {
    use crate::support::Engine;
    let off = |config: &mut stockroom::config::Config| config.server.metrics = false;
    let server = TestServer::start_with(Engine::Sqlite, off).await;
    assert_eq!(get(&server.url(), "/metrics").await.0, 404);
    server.stop().await;
}

both! {
    async fn alerts_and_dashboard_name_only_what_is_told(server: &TestServer) {
        let client = server.client();
        shop::warehouse(&client, "MAIN").await;
        let query = "subscription { stockLevelChanged { cursor } }";
        client.subscribe(query, json!({})).await.close().await;
        // What never happened is not told: ask until the socket is counted out.
        let told = loop {
            let (_, told) = get(&server.url(), "/metrics").await;
            if told.contains("stockroom_socket_closed_total{") {
                break told;
            }
            tokio::task::yield_now().await;
        };
        let families: Vec<&str> = told
            .lines()
            .filter_map(|line| line.strip_prefix("# TYPE ")?.split(' ').next())
            .collect();
        let mut seen = 0;
        for text in [
            include_str!("../../../docs/operations/alerts.yml"),
            include_str!("../../../docs/operations/grafana-dashboard.json"),
            include_str!("../../../docs/operations/README.md"),
        ] {
            let words = text.split(|c: char| !c.is_ascii_alphanumeric() && c != '_');
            for word in words.filter(|word| word.starts_with("stockroom_")) {
                let plain = ["_total", "_bucket", "_count", "_sum", "_info"]
                    .iter()
                    .find_map(|end| word.strip_suffix(end))
                    .unwrap_or(word);
                assert!(families.contains(&plain), "{word} is not told: {families:?}");
                seen += 1;
            }
        }
        assert!(seen > 20, "they name something");
    }
}
