//! The law of undoing: after a command and its cancelling, closing, reversing or returning,
//! quantities, commitments, values and open items are those before.

use serde_json::json;

use super::billing;
use super::buying;
use super::commands::play_any;
use super::compare::{assert_same, check, check_documents, told};
use super::payments;
use super::player::{Player, by_id, wrong_state};
use super::receiving;
use super::returns;
use super::selling::{self, Terms};
use super::shelf;
use super::shipping::{self, Asked, OPEN};
use super::state::CUSTOMERS;
use super::stock::{GOODS, Place, WAREHOUSES};
use crate::support::{Engine, TestServer};

/// What is done and undone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Deed {
    PurchaseCancelled,
    PurchaseClosed,
    ReceiptReversed,
    ReceiptReversedBeforeClosing,
    ReceiptReversedBehindClosing,
    GoodsWithoutOrderReversed,
    OrderCancelled,
    OrderClosed,
    OrderSplitAndCancelled,
    BackorderCancelled,
    DraftConfirmedAndCancelled,
    ShippedAndReturned,
    FulfilmentCancelled,
    InvoiceCredited,
    PaymentReversed,
    RefundReversed,
    AllocationTakenBack,
    HoldReleased,
    TransferCancelled,
    TransferSentBack,
    Adjusted,
    AdjustmentReversed,
}

const DEEDS: &[Deed] = &[
    Deed::PurchaseCancelled,
    Deed::PurchaseClosed,
    Deed::ReceiptReversed,
    Deed::ReceiptReversedBeforeClosing,
    Deed::ReceiptReversedBehindClosing,
    Deed::GoodsWithoutOrderReversed,
    Deed::OrderCancelled,
    Deed::OrderClosed,
    Deed::OrderSplitAndCancelled,
    Deed::BackorderCancelled,
    Deed::DraftConfirmedAndCancelled,
    Deed::ShippedAndReturned,
    Deed::FulfilmentCancelled,
    Deed::InvoiceCredited,
    Deed::PaymentReversed,
    Deed::RefundReversed,
    Deed::AllocationTakenBack,
    Deed::HoldReleased,
    Deed::TransferCancelled,
    Deed::TransferSentBack,
    Deed::Adjusted,
    Deed::AdjustmentReversed,
];

/// Does and undoes everything, behind random commands.
pub async fn law(engine: Engine, seed: u64) {
    let server = TestServer::start(engine).await;
    let mut player = Player::open(&server, seed).await;
    let p = &mut player;
    for _ in 0..WAREHOUSES * 2 {
        receiving::post(p).await;
    }
    for _ in 0..30 {
        play_any(p).await;
    }
    let mut left: Vec<Deed> = DEEDS.to_vec();
    while !left.is_empty() {
        let deed = left.swap_remove(p.dice.below(left.len()));
        for _ in 0..p.dice.below(5) {
            play_any(p).await;
        }
        hold(p, deed).await;
        check(p).await;
    }
    check_documents(p).await;
    println!("seed {seed} on {engine:?}: {} undone", DEEDS.len());
    drop(player);
    server.stop_with_right_books().await;
}

/// Does it and undoes it; everything is as before.
async fn hold(p: &mut Player, deed: Deed) {
    prepare(p, deed).await;
    let before = told(p).await;
    match deed {
        Deed::PurchaseCancelled | Deed::PurchaseClosed => {
            let one = buying::sent(p).await;
            buying::end(p, Some(one), deed == Deed::PurchaseClosed).await;
        }
        Deed::ReceiptReversed
        | Deed::ReceiptReversedBeforeClosing
        | Deed::ReceiptReversedBehindClosing => receipt(p, deed).await,
        Deed::GoodsWithoutOrderReversed => {
            receiving::post(p).await;
            receiving::reverse_of(p, p.state.receipts.len() - 1).await;
        }
        Deed::OrderCancelled => order(p, "REJECT", false).await,
        Deed::OrderClosed => order(p, "BACKORDER", true).await,
        Deed::OrderSplitAndCancelled => order(p, "SPLIT", false).await,
        Deed::BackorderCancelled => order(p, "BACKORDER", false).await,
        Deed::DraftConfirmedAndCancelled => draft(p).await,
        Deed::ShippedAndReturned => shipped(p).await,
        Deed::FulfilmentCancelled => fulfilment(p).await,
        Deed::InvoiceCredited => invoice(p).await,
        Deed::PaymentReversed => payment(p).await,
        Deed::RefundReversed => refund(p).await,
        Deed::AllocationTakenBack => allocation(p).await,
        Deed::HoldReleased => released(p).await,
        Deed::TransferCancelled | Deed::TransferSentBack => transfer(p, deed).await,
        Deed::Adjusted => adjusted(p).await,
        Deed::AdjustmentReversed => adjustment_reversed(p).await,
    }
    let after = told(p).await;
    let (before, after) = match deed {
        // Another correction, not a reversal: at the average cost of its own moment.
        Deed::Adjusted => (without(", value ", before), without(", value ", after)),
        // What was billed is not ordered again by its credit.
        Deed::InvoiceCredited => (without(", ordered ", before), without(", ordered ", after)),
        _ => (before, after),
    };
    let when = format!("{deed:?} leaves something behind");
    assert_same(("before", &before), ("after", &after), &when);
}

/// Lines without what stands behind a word.
fn without(word: &str, lines: Vec<String>) -> Vec<String> {
    let cut = |line: String| {
        let end = line.find(word).unwrap_or(line.len());
        line[..end].to_owned()
    };
    lines.into_iter().map(cut).collect()
}

/// A variant of which so many are available in a warehouse; brought in when there is none.
async fn available(p: &mut Player, wanted: i64) -> (usize, usize) {
    loop {
        let all = (0..GOODS).flat_map(|what| (0..WAREHOUSES).map(move |place| (what, place)));
        let enough: Vec<(usize, usize)> = all
            .filter(|at| p.state.stock.available(*at) >= wanted)
            .collect();
        if !enough.is_empty() {
            return p.dice.pick(&enough);
        }
        receiving::post(p).await;
    }
}

/// What must be there before the deed, and is no part of it.
async fn prepare(p: &mut Player, deed: Deed) {
    available(p, 3).await;
    match deed {
        Deed::FulfilmentCancelled => {
            ordered(p, "REJECT").await;
        }
        Deed::InvoiceCredited => {
            let one = ordered(p, "REJECT").await;
            shipping::ship_of(p, one, Asked::default()).await;
        }
        Deed::PaymentReversed | Deed::RefundReversed | Deed::AllocationTakenBack => {
            let one = ordered(p, "REJECT").await;
            shipping::ship_of(p, one, Asked::default()).await;
            billing::post_of(p, one, None, true).await;
            let buyer = p.state.orders[one].customer;
            if deed != Deed::PaymentReversed {
                payments::post_of(p, (buyer, 250), (false, false), None).await;
            }
        }
        _ => {}
    }
}

/// Places an order that is accepted, without holds; its place.
async fn ordered(p: &mut Player, shortage: &'static str) -> usize {
    let (what, place) = available(p, 3).await;
    let buyer = p.dice.below(CUSTOMERS);
    let credit = "IGNORE";
    let quantity = if shortage == "BACKORDER" {
        p.dice.between(1, 40)
    } else {
        3
    };
    let terms = Terms {
        buyer,
        place,
        shortage,
        credit,
    };
    let made = selling::place_one(p, terms, what, quantity).await;
    made.expect("so many are available")
}

async fn receipt(p: &mut Player, deed: Deed) {
    let one = buying::sent(p).await;
    let expected = told(p).await;
    let first = p.state.purchases[one].lines[0].quantity;
    let (accepted, rejected) = (p.dice.between(1, first), i64::from(p.dice.chance(30)));
    let accepted = (accepted - rejected).max(0);
    receiving::receive_of(p, one, vec![(0, accepted, rejected.max(1 - accepted))]).await;
    let closes_first = deed == Deed::ReceiptReversedBehindClosing;
    let input = json!({ "purchaseOrder": by_id(&p.state.purchases[one].id) });
    p.send(
        "purchaseOrderCancel",
        input,
        "errors { code }",
        wrong_state(),
    )
    .await;
    if closes_first {
        buying::end(p, Some(one), true).await;
    }
    receiving::reverse_of(p, p.state.receipts.len() - 1).await;
    if !closes_first {
        let again = told(p).await;
        assert_same(
            ("before", &expected),
            ("after", &again),
            "a receipt that was reversed",
        );
        // Nothing of it has come in, so it can be cancelled too.
        buying::end(p, Some(one), deed == Deed::ReceiptReversedBeforeClosing).await;
    }
}

async fn order(p: &mut Player, shortage: &'static str, closes: bool) {
    let one = ordered(p, shortage).await;
    assert!(selling::end(p, one, closes).await);
}

async fn draft(p: &mut Player) {
    let one = p.state.orders.len();
    selling::create(p).await;
    let credit = "IGNORE";
    assert!(selling::confirm_of(p, one, ("BACKORDER", credit)).await);
    assert!(selling::end(p, one, false).await);
}

/// What was shipped is not cancelled: it comes back by a return.
async fn shipped(p: &mut Player) {
    let one = ordered(p, "REJECT").await;
    assert!(shipping::ship_of(p, one, Asked::default()).await);
    let invoice = billing::post_of(p, one, None, true).await;
    assert!(
        !selling::end(p, one, false).await,
        "what was shipped is not cancelled"
    );
    let last = p.state.fulfilments.len() - 1;
    let open = &["PENDING"];
    let step = ("fulfilmentCancel", last);
    assert!(
        !shipping::step_of(p, step, open, "CANCELLED").await,
        "nor its fulfilment"
    );
    let place = p.state.fulfilments[last].warehouse;
    let lines = vec![((last, 0), 3)];
    let back = returns::request_of(p, one, place, lines).await;
    let back = back.expect("so many were shipped");
    let input = json!({ "customerReturn": by_id(&p.state.returns[back].id) });
    let selection = "customerReturn { id }";
    p.send("customerReturnApprove", input, selection, Ok(()))
        .await;
    p.state.returns[back].status = "APPROVED";
    assert!(returns::receive_of(p, back, None).await);
    assert!(returns::inspect_of(p, back, None).await);
    if p.dice.chance(50) {
        assert!(returns::credit_of(p, back, true).await);
    } else {
        assert!(billing::credit_of(p, invoice.expect("it was billed"), None, true).await);
    }
}

async fn fulfilment(p: &mut Player) {
    let one = p.state.orders.len() - 1;
    assert!(shipping::create_of(p, one, Asked::default()).await);
    let last = p.state.fulfilments.len() - 1;
    if p.dice.chance(50) {
        let step = ("fulfilmentPick", last);
        assert!(shipping::step_of(p, step, &["PENDING"], "PICKED").await);
    }
    let step = ("fulfilmentCancel", last);
    assert!(shipping::step_of(p, step, &OPEN, "CANCELLED").await);
}

async fn invoice(p: &mut Player) {
    let one = p.state.orders.len() - 1;
    // What is invoiced is no longer ordered, and credit does not order it again.
    let is_open = p.state.orders[one].status == "CONFIRMED";
    assert!(is_open, "it is not billed yet");
    let ordered = p.state.ordered(p.state.orders[one].customer);
    let invoice = billing::post_of(p, one, None, true).await;
    assert!(billing::credit_of(p, invoice.expect("it was shipped"), None, true).await);
    let now = p.state.ordered(p.state.orders[one].customer);
    assert!(now < ordered);
}

/// The customer of the last order.
fn last_buyer(p: &Player) -> usize {
    let last = p.state.orders.last().expect("an order was prepared");
    last.customer
}

async fn payment(p: &mut Player) {
    let amount = p.dice.between(1, 10_000);
    let oldest_first = p.dice.chance(70);
    let of = (last_buyer(p), amount);
    let one = payments::post_of(p, of, (false, oldest_first), None).await;
    payments::reverse_of(p, one.expect("money is always welcome")).await;
}

async fn refund(p: &mut Player) {
    let amount = p.dice.between(1, 250);
    let one = payments::post_of(p, (last_buyer(p), amount), (true, true), None).await;
    payments::reverse_of(p, one.expect("so much is their credit")).await;
}

async fn allocation(p: &mut Player) {
    let buyer = last_buyer(p);
    let credit = p
        .state
        .payments
        .last()
        .expect("a payment was prepared")
        .item;
    let debts = p.state.money.open(buyer, true);
    let mut invoices = debts.iter().map(|debt| &p.state.money.items[*debt]);
    let invoice = invoices.rfind(|item| item.kind == "INVOICE" && item.instalment == 1);
    let invoice = invoice.expect("an invoice was prepared").clone();
    let amount = p.dice.between(1, invoice.open.min(200));
    let debt = invoice.number;
    assert!(payments::allocate_to(p, credit, Some((debt, Some(amount)))).await);
    payments::deallocate_last(p, buyer).await;
}

async fn released(p: &mut Player) {
    let (what, place) = available(p, 3).await;
    let one = shelf::hold_of(p, vec![(what, place, 2), (what, place, 1)]).await;
    let which = Some(one.expect("so many are available"));
    shelf::end_hold(p, ("stockHoldRelease", json!({})), which).await;
}

async fn transfer(p: &mut Player, deed: Deed) {
    let (what, from) = available(p, 3).await;
    let to = (from + 1 + p.dice.below(WAREHOUSES - 1)) % WAREHOUSES;
    let one = shelf::transfer_of(p, (from, to), vec![(what, 3)]).await;
    let one = one.expect("so many are available");
    if deed == Deed::TransferCancelled {
        assert!(shelf::cancel_of(p, one).await);
        return;
    }
    assert!(shelf::dispatch_of(p, one).await);
    assert!(
        !shelf::cancel_of(p, one).await,
        "what is on its way is not cancelled"
    );
    assert!(shelf::receive_of(p, one, Some(vec![(0, [0, 0, 3])])).await);
}

async fn adjustment_reversed(p: &mut Player) {
    let (what, place) = available(p, 3).await;
    let at = ((what, place), Place::Sellable);
    let delta = if p.dice.chance(50) { 4 } else { -3 };
    while !shelf::adjust_by(p, at, delta, Some(100)).await {}
    let is_done = shelf::reverse_of(p, p.state.adjustments.len() - 1).await;
    assert!(is_done, "nothing happened in between");
}

async fn adjusted(p: &mut Player) {
    let (what, place) = available(p, 3).await;
    let at = ((what, place), Place::Sellable);
    let delta = if p.dice.chance(50) { 4 } else { -3 };
    for delta in [delta, -delta] {
        while !shelf::adjust_by(p, at, delta, Some(100)).await {}
    }
}
