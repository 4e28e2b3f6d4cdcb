//! Changes of orders: the reservations follow.

use serde_json::{Value, json};

use super::player::{Player, Verdict, by_id, verdict, wrong_state};
use super::selling::{ORDER, Terms, choose, credit, input_of, new_line, note_ids, promise, wishes};
use super::state::{Order, OrderLine};
use super::stock::{Demand, GOODS};

/// A change of an order: one line more or less, or another quantity.
pub async fn update(p: &mut Player) {
    let name = "salesOrderUpdate";
    let suits = |order: &Order| {
        order.status == "DRAFT" || (order.status == "CONFIRMED" && order.can_be_edited())
    };
    let Some(one) = choose(p, suits) else {
        return p
            .send_unknown(name, "salesOrder", json!({ "note": "late" }))
            .await;
    };
    let before = p.state.orders[one].clone();
    let terms = Terms::any(p);
    let mut after = before.clone();
    let live: Vec<usize> = (0..after.lines.len())
        .filter(|index| after.lines[*index].quantity > 0)
        .collect();
    let line = p.dice.pick(&live);
    let mut input = json!({ "salesOrder": by_id(&before.id), "onShortage": terms.shortage,
        "onCreditLimit": terms.credit });
    match p.dice.below(4) {
        0 => {
            after.lines[line].quantity = 0;
            input["removeLines"] = json!([before.lines[line].id]);
        }
        1 => {
            let what = p.dice.below(GOODS);
            let new = new_line(p, before.customer, (what, terms.place));
            input["addLines"] = json!([input_of(&new)]);
            after.lines.push(new);
        }
        _ => {
            let quantity = p.dice.between(1, 15);
            after.lines[line].quantity = quantity;
            let change = json!({ "line": before.lines[line].id, "quantity": quantity.to_string() });
            input["changeLines"] = json!([change]);
        }
    }
    change(p, one, (after, input), terms).await;
}

/// What an order wants more of, as lines of so much more.
fn more(before: &Order, after: &Order) -> (Vec<usize>, Vec<OrderLine>) {
    let mut places = Vec::new();
    let mut lines = Vec::new();
    for (index, line) in after
        .lines
        .iter()
        .enumerate()
        .filter(|(_, line)| line.is_goods())
    {
        let had = before.lines.get(index).map_or(0, |line| line.quantity);
        if line.quantity > had {
            places.push(index);
            lines.push(OrderLine {
                quantity: line.quantity - had,
                ..line.clone()
            });
        }
    }
    (places, lines)
}

async fn change(p: &mut Player, one: usize, (mut after, input): (Order, Value), terms: Terms) {
    let before = p.state.orders[one].clone();
    let is_draft = before.status == "DRAFT";
    let mut stock = p.state.stock.clone();
    let mut parts = Some(Vec::new());
    let (places, lines) = more(&before, &after);
    let (mut codes, mut is_held) = (Vec::new(), false);
    if !is_draft {
        for (index, line) in before
            .lines
            .iter()
            .enumerate()
            .filter(|(_, line)| line.is_goods())
        {
            let less = line.quantity - after.lines[index].quantity;
            stock.give_up(Demand::Order(one, index), less.max(0));
        }
        parts = stock.allocate(&wishes(lines.iter()), terms.shortage);
        let dearer = after.gross() - before.gross();
        if dearer > 0 {
            (codes, is_held) = credit(p, (before.customer, dearer), terms.credit);
        }
        if codes.is_empty() && parts.is_none() {
            codes.push("INSUFFICIENT_STOCK");
        }
    }
    let expected: Verdict = match before.status {
        "CLOSED" | "CANCELLED" => wrong_state(),
        _ if after.lines.iter().all(|line| line.quantity == 0) => {
            let mut codes = vec!["INVALID"];
            if !is_draft && !before.can_be_edited() {
                codes.push("INVALID_STATE");
            }
            Err(codes)
        }
        "CONFIRMED" if !before.can_be_edited() => wrong_state(),
        _ => verdict(codes),
    };
    let Some(made) = p.send("salesOrderUpdate", input, ORDER, expected).await else {
        return;
    };
    note_ids(&mut after, &made);
    after.holds += usize::from(is_held);
    p.state.orders[one] = after;
    p.state.stock = stock;
    promise(
        p,
        one,
        &places,
        parts.expect("an accepted order has its stock"),
    );
}
