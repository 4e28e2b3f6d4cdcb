//! What can be promised for a coming day, and the stock card of a level.

use chrono::{Days, NaiveDate, Utc};
use serde_json::{Value, json};

use crate::support::{Client, shop};

/// A day from today on; the company of the tests keeps its days in UTC.
fn day(ahead: u64) -> String {
    let today: NaiveDate = Utc::now().date_naive();
    let day = today.checked_add_days(Days::new(ahead)).expect("a day");
    day.to_string()
}

async fn open_shop(client: &Client) {
    shop::warehouse(client, "MAIN").await;
    shop::warehouse(client, "SHOP").await;
    shop::customer(client, "ANNA").await;
    shop::supplier(client, "MILL").await;
    shop::variant(client, "TEA", Some("7.50")).await;
}

/// Ten of tea that the supplier has an order for, due on a day.
async fn ordered(client: &Client, quantity: &str, due: &str) -> Value {
    let line = json!({ "variant": { "sku": "TEA" }, "quantity": quantity, "unitPrice": "2" });
    let input = json!({
        "supplier": { "code": "MILL" },
        "warehouse": { "code": "MAIN" },
        "expectedOn": due,
        "lines": [line],
    });
    let selection = "purchaseOrder { id lines { id } }";
    let made = client.accept("purchaseOrderCreate", input, selection).await;
    let order = made["purchaseOrder"].clone();
    for step in ["purchaseOrderSubmit", "purchaseOrderSend"] {
        let of = json!({ "purchaseOrder": { "id": order["id"] } });
        client.accept(step, of, selection).await;
    }
    order
}

const PROMISE: &str = "query($today: Date, $on: Date!) {
    stockLevel(variant: { sku: \"TEA\" }, warehouse: { code: \"MAIN\" }) {
        available now: availableToPromise(on: $today) default: availableToPromise
        later: availableToPromise(on: $on) } }";

/// What can be promised today and on a day.
async fn promised(client: &Client, on: &str) -> (String, String) {
    let data = client
        .query(PROMISE, json!({ "today": day(0), "on": on }))
        .await;
    let level = &data["stockLevel"];
    assert_eq!(
        level["now"], level["default"],
        "today when left out: {level}"
    );
    let text = |value: &Value| value.as_str().expect("a number").to_owned();
    (text(&level["now"]), text(&level["later"]))
}

fn both_of(now: &str, later: &str) -> (String, String) {
    (now.to_owned(), later.to_owned())
}

both! {
    async fn what_comes_until_a_day_can_be_promised_for_it_and_not_before(server: &TestServer) {
        let client = server.client();
        open_shop(&client).await;
        shop::receive(&client, "MAIN", &[("TEA", "4", "2")]).await;
        let order = ordered(&client, "10", &day(5)).await;
        assert_eq!(promised(&client, &day(4)).await, both_of("4", "4"));
        assert_eq!(promised(&client, &day(5)).await, both_of("4", "14"));
        // A second one, later.
        ordered(&client, "7", &day(9)).await;
        assert_eq!(promised(&client, &day(8)).await, both_of("4", "14"));
        assert_eq!(promised(&client, &day(9)).await, both_of("4", "21"));

        // The supplier will be late.
        let line = &order["lines"][0]["id"];
        let late = json!({ "line": line, "quantity": "10", "promisedOn": day(7) });
        let confirm = json!({ "purchaseOrder": { "id": order["id"] }, "lines": [late] });
        client.accept("purchaseOrderConfirm", confirm, "purchaseOrder { id }").await;
        assert_eq!(promised(&client, &day(6)).await, both_of("4", "4"));
        assert_eq!(promised(&client, &day(7)).await, both_of("4", "14"));

        // A part arrives before its day, the rest does not come.
        let arrived = json!({ "line": line, "accepted": "3" });
        let receive = json!({ "purchaseOrder": { "id": order["id"] }, "lines": [arrived] });
        client.accept("purchaseOrderReceive", receive, "goodsReceipt { id }").await;
        assert_eq!(promised(&client, &day(7)).await, both_of("7", "14"));
        let close = json!({ "purchaseOrder": { "id": order["id"] }, "reason": "No more" });
        client.accept("purchaseOrderClose", close, "purchaseOrder { id }").await;
        assert_eq!(promised(&client, &day(7)).await, both_of("7", "7"));
        assert_eq!(promised(&client, &day(9)).await, both_of("7", "14"));
    }

    async fn those_who_wait_come_first_whatever_day_they_asked_for(server: &TestServer) {
        let client = server.client();
        open_shop(&client).await;
        shop::receive(&client, "MAIN", &[("TEA", "2", "2")]).await;
        ordered(&client, "10", &day(5)).await;
        let mut order = shop::order("ANNA", "MAIN", &[("TEA", "6")]);
        order["onShortage"] = json!("BACKORDER");
        order["requestedDeliveryDate"] = json!(day(20));
        client.accept("salesOrderPlace", order, "salesOrder { id }").await;
        assert_eq!(promised(&client, &day(4)).await, both_of("-4", "-4"));
        assert_eq!(promised(&client, &day(5)).await, both_of("-4", "6"));
    }

    async fn what_should_have_come_already_counts_as_coming_today(server: &TestServer) {
        let client = server.client();
        open_shop(&client).await;
        shop::receive(&client, "SHOP", &[("TEA", "5", "2")]).await;
        // Goods on their way are due from the day on which they left.
        let line = json!({ "variant": { "sku": "TEA" }, "quantity": "5" });
        let input = json!({
            "fromWarehouse": { "code": "SHOP" },
            "toWarehouse": { "code": "MAIN" },
            "lines": [line],
        });
        let selection = "stockTransfer { id lines { id } }";
        let made = client.accept("stockTransferCreate", input, selection).await;
        let made = &made["stockTransfer"];
        let this = json!({ "id": made["id"] });
        let dispatch = json!({ "stockTransfer": this, "date": "2026-01-15" });
        client.accept("stockTransferDispatch", dispatch, selection).await;
        assert_eq!(promised(&client, &day(1)).await, both_of("5", "5"));
        let line = json!({ "line": made["lines"][0]["id"], "received": "4" });
        let receive = json!({ "stockTransfer": this, "lines": [line] });
        client.accept("stockTransferReceive", receive, selection).await;
        let data = client.query(PROMISE, json!({ "today": day(0), "on": day(1) })).await;
        assert_eq!(data["stockLevel"]["available"], "4", "{data}");
        assert_eq!(promised(&client, &day(1)).await, both_of("5", "5"));
    }

    async fn nothing_is_promised_for_a_day_that_is_over(server: &TestServer) {
        let client = server.client();
        open_shop(&client).await;
        shop::receive(&client, "MAIN", &[("TEA", "2", "2")]).await;
        let asked = json!({ "today": day(0), "on": "2026-01-31" });
        let reply = client.send(PROMISE, asked).await;
        let error = &reply.body["errors"][0];
        assert_eq!(error["extensions"]["code"], "BAD_USER_INPUT", "{}", reply.body);
        let said = error["message"].as_str().expect("text");
        assert!(said.starts_with("on: "), "{said}");
    }

    async fn a_promise_is_the_same_while_its_goods_arrive(server: &TestServer) {
        let client = server.client();
        open_shop(&client).await;
        shop::receive(&client, "MAIN", &[("TEA", "1", "2")]).await;
        let order = ordered(&client, "30", &day(0)).await;
        let line = &order["lines"][0]["id"];
        let arriving = async {
            for _ in 0..30 {
                let arrived = json!({ "line": line, "accepted": "1" });
                let receive =
                    json!({ "purchaseOrder": { "id": order["id"] }, "lines": [arrived] });
                client.accept("purchaseOrderReceive", receive, "goodsReceipt { id }").await;
            }
        };
        let looking = async {
            for _ in 0..60 {
                assert_eq!(promised(&client, &day(3)).await, both_of("31", "31"));
            }
        };
        futures_util::join!(arriving, looking);
    }

    async fn the_stock_card_of_a_level_says_what_was_there_after_each_movement(
        server: &TestServer
    ) {
        let client = server.client();
        open_shop(&client).await;
        shop::receive(&client, "MAIN", &[("TEA", "10", "2")]).await;
        shop::receive(&client, "SHOP", &[("TEA", "3", "2")]).await;
        let adjust = |delta: &str, place: &str| {
            let change = json!({ "delta": delta });
            let line = json!({ "variant": { "sku": "TEA" }, "place": place, "change": change });
            json!({ "warehouse": { "code": "MAIN" }, "reason": "DAMAGE", "lines": [line] })
        };
        for (delta, place) in [("-4", "SELLABLE"), ("2", "QUARANTINE"), ("-1", "QUARANTINE")] {
            client.accept("stockAdjust", adjust(delta, place), "stockAdjustment { id }").await;
        }
        let query = "query($code: String!) { stockMovements(first: 50, level: {
            variant: { sku: \"TEA\" }, warehouse: { code: $code } }) {
            nodes { quantity fromWarehouse { code } toWarehouse { code } fromOnHand toOnHand } } }";
        let card = async |code: &str| -> Vec<(String, String)> {
            let data = client.query(query, json!({ "code": code })).await;
            let nodes = data["stockMovements"]["nodes"].as_array().expect("a list").clone();
            let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
            let step = |node: &Value| {
                let came = node["toWarehouse"]["code"] == code;
                let (sign, after) = if came { ("+", "toOnHand") } else { ("-", "fromOnHand") };
                (format!("{sign}{}", text(&node["quantity"])), text(&node[after]))
            };
            nodes.iter().map(step).collect()
        };
        let pairs = |steps: &[(&str, &str)]| -> Vec<(String, String)> {
            let pair = |(one, other): &(&str, &str)| ((*one).to_owned(), (*other).to_owned());
            steps.iter().map(pair).collect()
        };
        let wanted = pairs(&[("+10", "10"), ("-4", "6"), ("+2", "8"), ("-1", "7")]);
        assert_eq!(card("MAIN").await, wanted);
        assert_eq!(card("SHOP").await, pairs(&[("+3", "3")]));
        for (level, said) in [
            ("variant: { sku: \"NONE\" }, warehouse: { code: \"MAIN\" }", "level.variant"),
            ("variant: { sku: \"TEA\" }, warehouse: { code: \"NONE\" }", "level.warehouse"),
        ] {
            let query =
                format!("{{ stockMovements(level: {{ {level} }}) {{ nodes {{ number }} }} }}");
            let reply = client.send(&query, json!({})).await;
            let message = reply.body["errors"][0]["message"].as_str().expect("text").to_owned();
            assert!(message.starts_with(said), "{message}");
        }
    }
}
