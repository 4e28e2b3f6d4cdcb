//! What a subscriber of `stockAlertRaised` hears, and what it never misses.

use serde_json::{Value, json};
use stockroom::platform::actor::Scope;

use crate::stock::alerts::{adjust, set, shelf};
use crate::support::Client;
use crate::support::subscription::{Heard, Subscription};

const FIELDS: &str = "cursor stockAlert { kind isOpen quantity variant { sku product { name } }
    warehouse { code } }";

async fn listen(client: &Client, arguments: &str, variables: Value) -> Subscription {
    let declared = if arguments.contains("$after") {
        "($after: String)"
    } else {
        ""
    };
    let query =
        format!("subscription{declared} {{ stockAlertRaised({arguments}) {{ {FIELDS} }} }}");
    client.subscribe(&query, variables).await
}

async fn heard(stream: &mut Subscription) -> (String, bool, Value) {
    let item = stream.next().await["stockAlertRaised"].take();
    let alert = &item["stockAlert"];
    assert_eq!(alert["variant"]["sku"], "TEA", "{item}");
    assert_eq!(alert["warehouse"]["code"], "MAIN", "{item}");
    let kind = alert["kind"].as_str().expect("a kind").to_owned();
    (kind, alert["isOpen"] == true, item["cursor"].clone())
}

both! {
    async fn a_subscriber_resumes_behind_its_cursor_and_hears_what_it_asked_for(
        server: &TestServer
    ) {
        let client = server.client();
        shelf(&client, "5").await;
        set(&client, json!({ "reorderPoint": "6", "maximum": "8" })).await;
        let mut all = listen(&client, "snapshot: true, andCleared: true", json!({})).await;
        let (kind, is_open, cursor) = heard(&mut all).await;
        assert_eq!((kind.as_str(), is_open), ("LOW", true));
        let mut raised = listen(&client, "after: $after", json!({ "after": cursor })).await;
        let only = "after: $after, kinds: [OVERSTOCK], filter: { variants: [{ sku: \"TEA\" }] }";
        let mut over = listen(&client, only, json!({ "after": cursor })).await;
        adjust(&client, "4").await;
        adjust(&client, "-9").await;
        adjust(&client, "1").await;
        let mut told = Vec::new();
        for _ in 0..7 {
            let (kind, is_open, _) = heard(&mut all).await;
            told.push((kind, is_open));
        }
        let wanted = [("LOW", false), ("OVERSTOCK", true), ("OUT", true), ("LOW", true),
            ("OVERSTOCK", false), ("OUT", false), ("BACK_IN_STOCK", false)];
        let wanted = wanted.map(|(kind, is_open)| (kind.to_owned(), is_open));
        assert_eq!(told, wanted);
        let mut cursors = Vec::new();
        for wanted in ["OVERSTOCK", "OUT", "LOW", "BACK_IN_STOCK"] {
            let (kind, _, cursor) = heard(&mut raised).await;
            assert_eq!(kind, wanted, "cleared ones are left out");
            cursors.push(cursor);
        }
        assert_eq!(heard(&mut over).await.0, "OVERSTOCK");
        let after = json!({ "after": cursors[1] });
        let mut rest = listen(&client, "after: $after", after).await;
        assert_eq!(heard(&mut rest).await.0, "LOW");
        assert_eq!(heard(&mut rest).await.2, cursors[3]);
        for stream in [all, raised, over, rest] {
            stream.close().await;
        }
    }

    async fn a_stranger_hears_nothing_and_a_wrong_start_is_refused(server: &TestServer) {
        let stranger = server.client_with(&[Scope::ProductsRead]).await;
        let mut stream = listen(&stranger, "snapshot: true", json!({})).await;
        let Heard::Errors(errors) = stream.hear().await else { panic!("it is refused") };
        assert!(errors.to_string().contains("FORBIDDEN"), "{errors}");
        let arguments = "snapshot: true, after: \"x\"";
        let mut stream = listen(&server.client(), arguments, json!({})).await;
        let Heard::Errors(errors) = stream.hear().await else { panic!("it is refused") };
        assert!(errors.to_string().contains("BAD_USER_INPUT"), "{errors}");
    }
}
