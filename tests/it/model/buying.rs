//! Buying: orders to suppliers, from draft to their end.

use serde_json::{Value, json};

use super::money::line_amounts;
use super::player::{
    Player, by_id, money, nowhere, supplier, variant, verdict, warehouse, wrong_state,
};
use super::state::{APPROVED_FROM, Purchase, PurchaseLine, SUPPLIERS, TAX};
use super::stock::{GOODS, WAREHOUSES};

const ORDER: &str = "purchaseOrder { id status lines { id } }";

fn new_lines(p: &mut Player) -> (Vec<PurchaseLine>, Vec<Value>) {
    let count = 1 + p.dice.below(2);
    let lines: Vec<PurchaseLine> = (0..count)
        .map(|_| PurchaseLine {
            variant: p.dice.below(GOODS),
            quantity: p.dice.between(1, 30),
            price: p.dice.between(50, 900),
            ..PurchaseLine::default()
        })
        .collect();
    let inputs = lines.iter().map(|line| {
        json!({
            "variant": variant(line.variant),
            "quantity": line.quantity.to_string(),
            "unitPrice": money(line.price),
        })
    });
    let inputs = inputs.collect();
    (lines, inputs)
}

pub async fn create(p: &mut Player) {
    let place = p.dice.below(WAREHOUSES);
    let (mut lines, inputs) = new_lines(p);
    let from = supplier(p.dice.below(SUPPLIERS));
    let mut input = json!({ "supplier": from, "warehouse": warehouse(place), "lines": inputs });
    if p.dice.chance(5) {
        input["lines"][0]["variant"] = variant(GOODS);
        p.send("purchaseOrderCreate", input, ORDER, Err(vec!["INVALID"]))
            .await;
        return;
    }
    let made = p.send("purchaseOrderCreate", input, ORDER, Ok(())).await;
    let made = made.expect("it was accepted");
    let ids = Player::ids(&made, "/purchaseOrder/lines");
    for (line, id) in lines.iter_mut().zip(ids) {
        line.id = id;
    }
    let id = Player::text(&made, "/purchaseOrder/id");
    p.state.purchases.push(Purchase {
        id,
        warehouse: place,
        status: "DRAFT",
        lines,
    });
}

/// An order in one of these states; now and then in any but deleted.
pub fn choose(p: &mut Player, states: &[&str]) -> Option<usize> {
    let count = p.state.purchases.len();
    let found = p.choose(count, |state, one| {
        states.contains(&state.purchases[one].status)
    });
    found.filter(|one| p.state.purchases[*one].status != "DELETED")
}

pub async fn update(p: &mut Player) {
    let name = "purchaseOrderUpdate";
    let Some(one) = choose(p, &["DRAFT"]) else {
        return p.send_unknown(name, "purchaseOrder", json!({})).await;
    };
    let (mut lines, inputs) = new_lines(p);
    let order = &p.state.purchases[one];
    let expected = if order.status == "DRAFT" {
        Ok(())
    } else {
        wrong_state()
    };
    let input = json!({ "purchaseOrder": by_id(&order.id), "lines": inputs });
    let Some(made) = p.send(name, input, ORDER, expected).await else {
        return;
    };
    let ids = Player::ids(&made, "/purchaseOrder/lines");
    for (line, id) in lines.iter_mut().zip(ids) {
        line.id = id;
    }
    p.state.purchases[one].lines = lines;
}

/// A step that changes the status alone.
async fn step(p: &mut Player, name: &str, from: &[&str], to: &'static str) {
    let extra = if name == "purchaseOrderReject" {
        json!({ "reason": "too dear" })
    } else {
        json!({})
    };
    let Some(one) = choose(p, from) else {
        return p.send_unknown(name, "purchaseOrder", extra).await;
    };
    let order = &p.state.purchases[one];
    let expected = if from.contains(&order.status) {
        Ok(())
    } else {
        wrong_state()
    };
    let mut input = extra;
    input["purchaseOrder"] = by_id(&order.id);
    let is_approval = matches!(name, "purchaseOrderApprove" | "purchaseOrderReject");
    let selection = if name == "purchaseOrderDelete" {
        "errors { code }"
    } else {
        ORDER
    };
    let made = if is_approval {
        p.send_as_boss(name, input, selection, expected).await
    } else {
        p.send(name, input, selection, expected).await
    };
    if made.is_some() {
        p.state.purchases[one].status = to;
    }
}

pub async fn delete(p: &mut Player) {
    step(p, "purchaseOrderDelete", &["DRAFT"], "DELETED").await;
}

pub async fn approve(p: &mut Player) {
    if p.dice.chance(15)
        && let Some(one) = choose(p, &["PENDING_APPROVAL"])
    {
        // Whoever wrote an order does not approve it.
        let input = json!({ "purchaseOrder": by_id(&p.state.purchases[one].id) });
        p.send("purchaseOrderApprove", input, ORDER, wrong_state())
            .await;
        return;
    }
    step(p, "purchaseOrderApprove", &["PENDING_APPROVAL"], "APPROVED").await;
}

/// An order that the supplier has; its place.
pub async fn sent(p: &mut Player) -> usize {
    let one = p.state.purchases.len();
    while p.state.purchases.len() == one {
        create(p).await;
    }
    submit_of(p, one).await;
    if p.state.purchases[one].status == "PENDING_APPROVAL" {
        let input = json!({ "purchaseOrder": by_id(&p.state.purchases[one].id) });
        p.send_as_boss("purchaseOrderApprove", input, ORDER, Ok(()))
            .await;
        p.state.purchases[one].status = "APPROVED";
    }
    send_of(p, one).await;
    one
}

pub async fn reject(p: &mut Player) {
    step(p, "purchaseOrderReject", &["PENDING_APPROVAL"], "DRAFT").await;
}

pub async fn submit(p: &mut Player) {
    let name = "purchaseOrderSubmit";
    let Some(one) = choose(p, &["DRAFT"]) else {
        return p.send_unknown(name, "purchaseOrder", json!({})).await;
    };
    submit_of(p, one).await;
}

async fn submit_of(p: &mut Player, one: usize) {
    let name = "purchaseOrderSubmit";
    let order = &p.state.purchases[one];
    let gross = order.lines.iter().map(|line| {
        let (net, tax) = line_amounts(line.quantity, line.price, 0, TAX[line.variant]);
        net + tax
    });
    let is_large = gross.sum::<i64>() >= APPROVED_FROM;
    let expected = if order.status == "DRAFT" {
        Ok(())
    } else {
        wrong_state()
    };
    let input = json!({ "purchaseOrder": by_id(&order.id) });
    if p.send(name, input, ORDER, expected).await.is_some() {
        let status = if is_large {
            "PENDING_APPROVAL"
        } else {
            "APPROVED"
        };
        p.state.purchases[one].status = status;
    }
}

/// What is open of an order is expected, or not any more.
fn expect(p: &mut Player, one: usize, sign: i64) {
    let order = &p.state.purchases[one];
    for line in &order.lines {
        let level = p.state.stock.level_mut((line.variant, order.warehouse));
        level.incoming += sign * line.open();
    }
}

pub async fn send(p: &mut Player) {
    let name = "purchaseOrderSend";
    let Some(one) = choose(p, &["APPROVED"]) else {
        return p.send_unknown(name, "purchaseOrder", json!({})).await;
    };
    send_of(p, one).await;
}

async fn send_of(p: &mut Player, one: usize) {
    let name = "purchaseOrderSend";
    let order = &p.state.purchases[one];
    let expected = if order.status == "APPROVED" {
        Ok(())
    } else {
        wrong_state()
    };
    let input = json!({ "purchaseOrder": by_id(&order.id) });
    if p.send(name, input, ORDER, expected).await.is_some() {
        p.state.purchases[one].status = "SENT";
        expect(p, one, 1);
    }
}

pub async fn confirm(p: &mut Player) {
    let name = "purchaseOrderConfirm";
    let Some(one) = choose(p, &["SENT"]) else {
        let lines = json!({ "lines": [{ "line": nowhere("purchaseorderline"), "quantity": "1" }] });
        return p.send_unknown(name, "purchaseOrder", lines).await;
    };
    let quantity = p.dice.between(1, 20);
    let order = &p.state.purchases[one];
    let expected = if order.status == "SENT" {
        Ok(())
    } else {
        wrong_state()
    };
    let line = json!({ "line": order.lines[0].id, "quantity": quantity.to_string(),
        "promisedOn": "2100-01-31" });
    let input = json!({ "purchaseOrder": by_id(&order.id), "lines": [line] });
    p.send(name, input, ORDER, expected).await;
}

pub async fn cancel(p: &mut Player) {
    end(p, None, false).await;
}

pub async fn close(p: &mut Player) {
    end(p, None, true).await;
}

/// Cancels an order, or closes it; any, unless it is said which.
pub async fn end(p: &mut Player, which: Option<usize>, closes: bool) {
    let name = if closes {
        "purchaseOrderClose"
    } else {
        "purchaseOrderCancel"
    };
    let states = ["DRAFT", "PENDING_APPROVAL", "APPROVED", "SENT"];
    let chosen = which.or_else(|| choose(p, &states[if closes { 3 } else { 0 }..]));
    let Some(one) = chosen else {
        return p.send_unknown(name, "purchaseOrder", json!({})).await;
    };
    let order = &p.state.purchases[one];
    let is_sent = order.status == "SENT";
    let can_cancel = states.contains(&order.status) && order.receiving() == "NONE";
    let is_allowed = if closes { is_sent } else { can_cancel };
    let mut codes = Vec::new();
    if !is_allowed {
        codes.push("INVALID_STATE");
    }
    let input = json!({ "purchaseOrder": by_id(&order.id), "reason": "no need" });
    if p.send(name, input, ORDER, verdict(codes)).await.is_none() {
        return;
    }
    if is_sent {
        expect(p, one, -1);
    }
    let order = &mut p.state.purchases[one];
    order.status = if closes { "CLOSED" } else { "CANCELLED" };
    if closes {
        for line in &mut order.lines {
            line.closed += line.open();
        }
    }
}
