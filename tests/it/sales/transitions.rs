//! `availableTransitions` says what the mutations do: along random walks, each step is tried in
//! each state, allowed or not.

use serde_json::{Value, json};

use super::{draft, of, open_shop};
use crate::support::Client;

const STATE: &str = "query($id: ID!) { salesOrder(by: { id: $id }) {
    status lines { id quantity } holds { id isActive }
    availableTransitions { transition isAllowed reason }
    fulfilments { id status availableTransitions { transition isAllowed reason } } } }";

/// A small generator, so that a walk can be walked again.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: usize) -> usize {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).expect("31 bits fit") % sides
    }
}

/// A step that was offered, and its input.
struct Offer {
    mutation: String,
    is_allowed: bool,
    input: Value,
}

async fn offers(client: &Client, order: &Value) -> Option<Vec<Offer>> {
    let state = client.query(STATE, json!({ "id": order["id"] })).await;
    let found = &state["salesOrder"];
    if found.is_null() {
        return None;
    }
    let mut offers = Vec::new();
    for one in found["availableTransitions"].as_array().expect("a list") {
        let mutation = one["transition"].as_str().expect("a name").to_owned();
        let more = match mutation.as_str() {
            "salesOrderUpdate" => json!({ "note": "seen" }),
            "salesOrderHold" => json!({ "kind": "OTHER", "reason": "a walk" }),
            "salesOrderPrioritize" => json!({ "priority": 7 }),
            "salesOrderConfirm" => json!({ "onShortage": "BACKORDER" }),
            _ => json!({}),
        };
        offers.push(Offer {
            mutation,
            is_allowed: one["isAllowed"] == true,
            input: of(order, more),
        });
    }
    for fulfilment in found["fulfilments"].as_array().expect("a list") {
        for one in fulfilment["availableTransitions"]
            .as_array()
            .expect("a list")
        {
            offers.push(Offer {
                mutation: one["transition"].as_str().expect("a name").to_owned(),
                is_allowed: one["isAllowed"] == true,
                input: json!({ "fulfilment": { "id": fulfilment["id"] } }),
            });
        }
    }
    Some(offers)
}

async fn walk(client: &Client, seed: u64) {
    let mut dice = Dice(seed);
    let order = draft(client, &[("BOLT", "3"), ("NUT", "9")]).await;
    for _ in 0..9 {
        let Some(offers) = offers(client, &order).await else {
            return;
        };
        for offer in offers.iter().filter(|offer| !offer.is_allowed) {
            let Offer {
                mutation, input, ..
            } = offer;
            let payload = client
                .mutate(mutation, input.clone(), "errors { message }")
                .await;
            assert_eq!(
                payload["errors"][0]["code"], "INVALID_STATE",
                "{seed}: {mutation}"
            );
        }
        let allowed: Vec<&Offer> = offers
            .iter()
            .filter(|offer| offer.is_allowed)
            // A walk that ends at once shows little.
            .filter(|offer| offer.mutation != "salesOrderDelete" || dice.roll(4) == 0)
            .collect();
        if allowed.is_empty() {
            return;
        }
        let Offer {
            mutation, input, ..
        } = allowed[dice.roll(allowed.len())];
        let payload = client
            .mutate(mutation, input.clone(), "errors { message }")
            .await;
        assert_eq!(payload["errors"], json!([]), "{seed}: {mutation}");
    }
}

both! {
    async fn what_is_offered_is_accepted_and_nothing_else(server: &TestServer) {
        let client = server.client();
        open_shop(&client, &[("BOLT", "30"), ("NUT", "30")]).await;
        for seed in 1..=12 {
            walk(&client, seed * 7919).await;
        }
    }
}
