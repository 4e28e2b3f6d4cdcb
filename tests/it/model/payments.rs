//! Payments: money that comes in and goes out, what it pays, and what is never paid.

use serde_json::{Value, json};

use super::money::{Item, Items, Wanted};
use super::player::{Player, by_id, customer, money, nowhere, verdict, wrong_state};
use super::state::{CUSTOMERS, Payment};

const PAYMENT: &str = "payment { id number status }";

fn documents(wanted: &[Wanted]) -> Value {
    let one = |(number, amount): &Wanted| {
        let mut input = json!({ "document": { "number": number } });
        if let Some(amount) = amount {
            input["amount"] = json!(money(*amount));
        }
        input
    };
    wanted.iter().map(one).collect()
}

/// A document of a customer that could be paid, and how much of it.
fn wish(p: &mut Player, buyer: usize, debts: bool) -> Option<Wanted> {
    let open = p.state.money.open(buyer, debts);
    let one = (!open.is_empty()).then(|| p.dice.pick(&open))?;
    let item = p.state.money.items[one].clone();
    let most = item.open.abs() + i64::from(p.dice.chance(10));
    let amount = p.dice.chance(60).then(|| p.dice.between(1, most));
    Some((item.number, amount))
}

/// A customer, most likely one of whom something is open.
fn somebody(p: &mut Player, debts: bool) -> usize {
    let suits = |one: &usize| !p.state.money.open(*one, debts).is_empty();
    let some: Vec<usize> = (0..CUSTOMERS).filter(suits).collect();
    if some.is_empty() || p.dice.chance(10) {
        p.dice.below(CUSTOMERS)
    } else {
        p.dice.pick(&some)
    }
}

pub async fn post(p: &mut Player) {
    let is_refund = p.dice.chance(20);
    let buyer = somebody(p, !is_refund);
    let open = p.state.money.open(buyer, !is_refund);
    let sum: i64 = open
        .iter()
        .map(|one| p.state.money.items[*one].open.abs())
        .sum();
    let amount = if p.dice.chance(40) {
        sum.max(1)
    } else {
        let more = if is_refund { 1 } else { 5_000 };
        p.dice.between(1, sum + more)
    };
    let named = p.dice.chance(35);
    let wanted = if named {
        wish(p, buyer, !is_refund)
    } else {
        None
    };
    let oldest_first = p.dice.chance(if is_refund { 90 } else { 60 });
    post_of(p, (buyer, amount), (is_refund, oldest_first), wanted).await;
}

/// Posts a payment; its place, when it was accepted.
pub async fn post_of(
    p: &mut Player,
    (buyer, amount): (usize, i64),
    (is_refund, oldest_first): (bool, bool),
    wanted: Option<Wanted>,
) -> Option<usize> {
    let mut input = json!({ "customer": customer(buyer), "amount": money(amount) });
    input["direction"] = json!(if is_refund { "OUT" } else { "IN" });
    input["allocate"] = json!(if oldest_first { "OLDEST_FIRST" } else { "NONE" });
    let wanted: Vec<Wanted> = wanted.into_iter().collect();
    if !wanted.is_empty() {
        input["allocations"] = documents(&wanted);
    }
    let mut book = p.state.money.clone();
    let signed = if is_refund { amount } else { -amount };
    let item = book.add(Item {
        customer: buyer,
        kind: "PAYMENT",
        number: String::new(),
        instalment: 1,
        due: 0,
        amount: signed,
        open: signed,
    });
    let mut codes = book.apply(item, &wanted);
    if codes.is_empty() && oldest_first {
        book.settle_oldest_first(item);
    }
    if codes.is_empty() && is_refund && book.items[item].open != 0 {
        codes.push("INVALID");
    }
    let made = p
        .send("paymentPost", input, PAYMENT, verdict(codes))
        .await?;
    book.items[item].number = Player::text(&made, "/payment/number");
    p.state.money = book;
    let id = Player::text(&made, "/payment/id");
    p.state.payments.push(Payment {
        id,
        item,
        is_reversed: false,
    });
    Some(p.state.payments.len() - 1)
}

pub async fn reverse(p: &mut Player) {
    let count = p.state.payments.len();
    let Some(one) = p.choose(count, |state, one| !state.payments[one].is_reversed) else {
        let reason = json!({ "reason": "bounced" });
        return p.send_unknown("paymentReverse", "payment", reason).await;
    };
    reverse_of(p, one).await;
}

pub async fn reverse_of(p: &mut Player, one: usize) {
    let payment = p.state.payments[one].clone();
    let expected = if payment.is_reversed {
        wrong_state()
    } else {
        Ok(())
    };
    let input = json!({ "payment": by_id(&payment.id), "reason": "bounced" });
    if p.send("paymentReverse", input, PAYMENT, expected)
        .await
        .is_none()
    {
        return;
    }
    p.state.payments[one].is_reversed = true;
    let book = &mut p.state.money;
    let of_it = |index: &usize| {
        let one = &book.allocations[*index];
        one.stands && (one.debt == payment.item || one.credit == payment.item)
    };
    let standing: Vec<usize> = (0..book.allocations.len()).filter(of_it).collect();
    for index in standing {
        book.take_back(index);
    }
    let item = book.items[payment.item].clone();
    let (kind, amount, open) = ("PAYMENT_REVERSAL", -item.amount, -item.amount);
    let opposite = book.add(Item {
        kind,
        amount,
        open,
        due: 0,
        ..item
    });
    book.settle(opposite, payment.item, i64::MAX);
}

/// Credits that can be used by their number.
fn credits(book: &Items) -> Vec<usize> {
    let suits = |index: &usize| {
        let item = &book.items[*index];
        item.amount < 0 && matches!(item.kind, "PAYMENT" | "CREDIT_NOTE")
    };
    (0..book.items.len()).filter(suits).collect()
}

pub async fn allocate(p: &mut Player) {
    let name = "paymentAllocate";
    let all = credits(&p.state.money);
    let open: Vec<usize> = all
        .iter()
        .copied()
        .filter(|one| p.state.money.items[*one].open != 0)
        .collect();
    if all.is_empty() {
        return p.send_unknown(name, "credit", json!({})).await;
    }
    let any = open.is_empty() || p.dice.chance(8);
    let credit = p.dice.pick(if any { &all } else { &open });
    let item = p.state.money.items[credit].clone();
    let named = p.dice.chance(40);
    let wanted = if named {
        wish(p, item.customer, true)
    } else {
        None
    };
    allocate_to(p, credit, wanted).await;
}

pub async fn allocate_to(p: &mut Player, credit: usize, wanted: Option<Wanted>) -> bool {
    let mut book = p.state.money.clone();
    let item = book.items[credit].clone();
    let mut input = json!({ "credit": { "number": item.number } });
    let before = book.allocations.len();
    let mut codes = Vec::new();
    let wanted: Vec<Wanted> = wanted.into_iter().collect();
    if !wanted.is_empty() {
        input["allocations"] = documents(&wanted);
    }
    if item.open == 0 {
        codes.push("INVALID");
    } else if wanted.is_empty() {
        book.settle_oldest_first(credit);
    } else {
        codes.extend(book.apply(credit, &wanted));
    }
    if codes.is_empty() && book.allocations.len() == before {
        codes.push("INVALID");
    }
    let selection = "openItem { id number openAmount { amount } }";
    if p.send("paymentAllocate", input, selection, verdict(codes))
        .await
        .is_none()
    {
        return false;
    }
    p.state.money = book;
    true
}

/// What pays what, of a customer, as the server tells it: one row per allocation.
async fn told(p: &Player, buyer: usize) -> Vec<Value> {
    let query = "query($code: String!) { openItems(customer: { code: $code }, first: 100, \
        includeSettled: true) { nodes { documentKind allocations { id reversesId \
        amount { amount } debitItem { documentKind number instalment } \
        creditItem { documentKind number instalment } } } } }";
    let data = p
        .client
        .query(query, json!({ "code": format!("C{buyer}") }))
        .await;
    let items = data["openItems"]["nodes"]
        .as_array()
        .cloned()
        .unwrap_or_default();
    let rows = items
        .iter()
        .flat_map(|item| item["allocations"].as_array().cloned());
    let mut rows: Vec<Value> = rows.flatten().collect();
    rows.sort_by_key(|row| row["id"].to_string());
    rows.dedup_by_key(|row| row["id"].to_string());
    rows
}

pub async fn deallocate(p: &mut Player) {
    let buyer = p.dice.below(CUSTOMERS);
    let rows = told(p, buyer).await;
    if rows.is_empty() {
        let input = json!({ "allocation": nowhere("allocation") });
        let unknown = Err(vec!["NOT_FOUND"]);
        p.send("paymentDeallocate", input, "errors { code }", unknown)
            .await;
        return;
    }
    let row = p.dice.pick(&rows.iter().collect::<Vec<_>>()).clone();
    let is_back =
        !row["reversesId"].is_null() || rows.iter().any(|other| other["reversesId"] == row["id"]);
    deallocate_row(p, buyer, (&row, is_back)).await;
}

async fn deallocate_row(p: &mut Player, buyer: usize, (row, is_back): (&Value, bool)) {
    let kind = |side: &str| row[side]["documentKind"].as_str().unwrap_or("").to_owned();
    let (debt, credit) = (kind("debitItem"), kind("creditItem"));
    let is_bound = debt == "PAYMENT"
        || [&debt, &credit]
            .iter()
            .any(|one| *one == "PAYMENT_REVERSAL" || *one == "WRITE_OFF");
    let expected = match (is_back, is_bound) {
        (true, _) => wrong_state(),
        (false, true) => Err(vec!["INVALID"]),
        (false, false) => Ok(()),
    };
    let input = json!({ "allocation": row["id"] });
    let selection = "allocation { id }";
    if p.send("paymentDeallocate", input, selection, expected)
        .await
        .is_none()
    {
        return;
    }
    let book = &mut p.state.money;
    let is_side = |index: usize, side: &str| {
        let item = &book.items[index];
        item.customer == buyer
            && row[side]["number"] == json!(item.number)
            && row[side]["documentKind"] == json!(item.kind)
            && row[side]["instalment"] == json!(item.instalment)
    };
    let amount = row["amount"]["amount"].as_str().unwrap_or("").to_owned();
    let found = book.allocations.iter().position(|one| {
        one.stands
            && money(one.amount) == amount
            && is_side(one.debt, "debitItem")
            && is_side(one.credit, "creditItem")
    });
    book.take_back(found.unwrap_or_else(|| panic!("the model knows of no {row:#}")));
}

/// Takes the last allocation of a customer back.
pub async fn deallocate_last(p: &mut Player, buyer: usize) {
    let rows = told(p, buyer).await;
    let row = rows.last().cloned().expect("something was allocated");
    deallocate_row(p, buyer, (&row, false)).await;
}

/// The items of an invoice, due first at the front.
fn items_of(book: &Items, number: &str) -> Vec<usize> {
    let all = book.items.iter().enumerate();
    let of_it = all.filter(|(_, item)| item.kind == "INVOICE" && item.number == number);
    of_it.map(|(index, _)| index).collect()
}

pub async fn write_off(p: &mut Player) {
    let numbers: Vec<String> = p
        .state
        .invoices
        .iter()
        .map(|one| one.number.clone())
        .collect();
    let is_open = |number: &&String| {
        let items = items_of(&p.state.money, number);
        items.iter().any(|item| p.state.money.items[*item].open > 0)
    };
    let open: Vec<String> = numbers.iter().filter(is_open).cloned().collect();
    if numbers.is_empty() {
        let extra = json!({ "reason": "never paid" });
        return p.send_unknown("openItemWriteOff", "openItem", extra).await;
    }
    let any = open.is_empty() || p.dice.chance(8);
    let from = if any { &numbers } else { &open };
    let number = from[p.dice.below(from.len())].clone();
    write_off_of(p, &number).await;
}

async fn write_off_of(p: &mut Player, number: &str) {
    let items = items_of(&p.state.money, number);
    let open = items.iter().map(|item| p.state.money.items[*item].open);
    let sum: i64 = open.sum();
    let amount = p.dice.chance(60).then(|| p.dice.between(1, sum + 1));
    let mut input = json!({ "openItem": { "number": number }, "reason": "never paid" });
    if let Some(amount) = amount {
        input["amount"] = json!(money(amount));
    }
    let mut codes = Vec::new();
    if sum == 0 || amount.is_some_and(|amount| amount > sum) {
        codes.push("INVALID");
    }
    let (name, selection) = ("openItemWriteOff", "openItem { id }");
    if p.send(name, input, selection, verdict(codes))
        .await
        .is_none()
    {
        return;
    }
    let mut left = amount.unwrap_or(sum);
    for debt in items {
        let item = p.state.money.items[debt].clone();
        let part = left.min(item.open);
        if part > 0 {
            left -= part;
            let (kind, amount, open, due) = ("WRITE_OFF", -part, -part, 0);
            let credit = p.state.money.add(Item {
                kind,
                amount,
                open,
                due,
                ..item
            });
            p.state.money.settle(credit, debt, part);
        }
    }
}
