//! What the books must come to by what clients were told, and by nothing else.
//!
//! Of a command that was left without an answer for good, only whether it is there is taken from
//! the books; what it did is taken from its input.

use std::collections::{BTreeMap, HashMap};

use serde_json::Value;
use uuid::Uuid;

use super::books::Books;
use super::{About, Differences, millionths, typeid};
use crate::journal::{Entry, Fate};

/// A SKU and the code of a warehouse.
pub type Place = (String, String);

/// A document that was acknowledged, as it was told.
#[derive(Debug, Default)]
pub struct Told {
    /// The key of the command that made it.
    pub key: String,
    /// Its number, where it has one.
    pub number: Option<String>,
    /// Its lines: the SKU, where the answer says it, and how much.
    pub lines: HashMap<Uuid, (Option<String>, i64)>,
}

/// A line that wants goods, or that goods are expected for.
#[derive(Debug)]
struct Want {
    place: Place,
    open: i64,
}

/// What the clients' journal adds up to.
#[derive(Debug, Default)]
pub struct Expected {
    /// Documents by their ids.
    pub documents: HashMap<Uuid, Told>,
    /// Sellable and quarantined pieces.
    pub stock: BTreeMap<Place, [i64; 2]>,
    /// Pieces on their way to a warehouse.
    pub on_their_way: BTreeMap<Place, i64>,
    /// Ordered from suppliers and not yet there.
    pub on_order: BTreeMap<Place, i64>,
    /// What document lines want: of orders, transfers, holds.
    pub promised: HashMap<Uuid, i64>,
    /// Orders that had to be reserved in full, by their keys: the pieces.
    pub in_full: HashMap<String, i64>,
    /// Pieces of a SKU that came in and went out, all in all: in, out.
    pub flow: BTreeMap<String, [i64; 2]>,
    /// What was invoiced, and what was paid.
    pub billed: [i64; 2],
    /// Lines of each document that want goods.
    wants: HashMap<Uuid, HashMap<Uuid, Want>>,
    /// What a document moved, to take it back: the place, and by how much.
    moved: HashMap<Uuid, Vec<(Place, i64)>>,
    /// Holds that run out by themselves during the run.
    short: Vec<Uuid>,
}

fn id(value: &Value) -> Uuid {
    typeid::uuid(value.as_str().unwrap_or_default()).unwrap_or_default()
}

fn quantity(value: &Value) -> i64 {
    millionths(value.as_str().unwrap_or("0")).unwrap_or_default()
}

fn sku(value: &Value) -> String {
    value["variant"]["sku"]
        .as_str()
        .unwrap_or_default()
        .to_owned()
}

fn code(value: &Value) -> String {
    value["code"].as_str().unwrap_or_default().to_owned()
}

fn items(value: &Value) -> impl Iterator<Item = &Value> {
    value.as_array().into_iter().flatten()
}

impl Expected {
    /// Adds everything up.
    pub fn of(books: &Books, entries: &[Entry], found: &mut Differences) -> Self {
        let mut expected = Self::default();
        for entry in entries {
            match &entry.fate {
                Fate::Acknowledged(payload) => expected.acknowledged(entry, payload),
                Fate::Left(_) => expected.left(books, entry, found),
                Fate::Refused(_) | Fate::Open(_) => {}
            }
        }
        expected.run_out();
        expected
    }

    fn acknowledged(&mut self, entry: &Entry, payload: &Value) {
        let input = &entry.input;
        match entry.command {
            "salesOrderPlace" => self.order(entry, &payload["salesOrder"]),
            "stockHoldConvert" => {
                self.order(entry, &payload["salesOrder"]);
                self.wants.remove(&id(&input["stockHold"]["id"]));
            }
            "salesOrderCancel" | "salesOrderClose" => self.order_ends(input),
            "fulfilmentCreate" => self.fulfilments(entry, payload),
            "fulfilmentShip" => {
                self.fulfilments(entry, payload);
                self.ship(payload);
            }
            "stockHoldCreate" => self.hold(entry, &payload["stockHold"]),
            "stockHoldRelease" => {
                self.wants.remove(&id(&input["stockHold"]["id"]));
            }
            "goodsReceiptPost" => {
                self.document(entry, &payload["goodsReceipt"], "quantity");
                self.received(input, id(&payload["goodsReceipt"]["id"]));
            }
            "goodsReceiptReverse" => self.taken_back(id(&input["goodsReceipt"]["id"])),
            "stockAdjust" => self.adjusted(entry, &payload["stockAdjustment"]),
            "stockCountCreate" => self.document(entry, &payload["stockCount"], ""),
            "stockCountPost" => self.counted(entry, &payload["stockCount"]),
            "stockAdjustReverse" => self.taken_back(id(&input["stockAdjustment"]["id"])),
            _ => self.acknowledged_more(entry, payload),
        }
    }

    fn acknowledged_more(&mut self, entry: &Entry, payload: &Value) {
        let input = &entry.input;
        match entry.command {
            "purchaseOrderCreate" => self.document(entry, &payload["purchaseOrder"], "quantity"),
            "purchaseOrderSend" => self.sent(&payload["purchaseOrder"]),
            "purchaseOrderReceive" => self.bought(entry, &payload["goodsReceipt"]),
            "stockTransferCreate" => self.transfer(entry, &payload["stockTransfer"]),
            "stockTransferCancel" => {
                self.wants.remove(&id(&input["stockTransfer"]["id"]));
            }
            "stockTransferDispatch" => self.dispatched(&payload["stockTransfer"]),
            "stockTransferReceive" => self.arrived(input),
            "customerReturnRequest" => self.asked_back(entry, &payload["customerReturn"]),
            "customerReturnReceive" => self.came_back(input),
            "customerReturnInspect" => self.inspected(input),
            "invoicePost" => {
                self.document(entry, &payload["invoice"], "quantity");
                self.billed[0] += quantity(&payload["invoice"]["gross"]["amount"]);
            }
            "paymentPost" => {
                self.document(entry, &payload["payment"], "");
                self.billed[1] += quantity(&payload["payment"]["amount"]["amount"]);
            }
            _ => {}
        }
    }

    /// A command without an answer: when it is there, its document has the lines of its input.
    fn left(&mut self, books: &Books, entry: &Entry, found: &mut Differences) {
        let mut kept = books.operations.iter();
        let Some(operation) =
            kept.find(|operation| operation.key.as_deref() == Some(entry.key.as_str()))
        else {
            return;
        };
        let mut lines = Vec::new();
        let mut there = BTreeMap::new();
        for line in &books.lines {
            if line.document == operation.record {
                let sku = books.skus.get(&line.variant).cloned().unwrap_or_default();
                *there.entry(sku.clone()).or_insert(0) += line.quantity;
                lines.push((line.id, sku, line.quantity));
            }
        }
        let mut wanted = BTreeMap::new();
        for line in items(&entry.input["lines"]) {
            let delta = &line["change"]["delta"];
            let size = quantity(if delta.is_null() {
                &line["quantity"]
            } else {
                delta
            });
            *wanted.entry(sku(line)).or_insert(0) += size;
        }
        if there != wanted {
            let what = format!("{}: half done: {there:?}, not {wanted:?}", entry.key);
            found.note(About::Stray, what);
        }
        let lines = lines
            .into_iter()
            .map(|(line, sku, size)| (line, (Some(sku), size)));
        let told = Told {
            key: entry.key.clone(),
            number: None,
            lines: lines.collect(),
        };
        self.left_did(entry, operation.record, &told);
        self.documents.insert(operation.record, told);
    }

    fn left_did(&mut self, entry: &Entry, record: Uuid, told: &Told) {
        let input = &entry.input;
        let warehouse = match entry.command {
            "stockTransferCreate" => code(&input["fromWarehouse"]),
            _ => code(&input["warehouse"]),
        };
        match entry.command {
            "goodsReceiptPost" => self.received(input, record),
            "stockAdjust" => {
                for line in items(&input["lines"]) {
                    let place = (sku(line), warehouse.clone());
                    self.moves(record, place, quantity(&line["change"]["delta"]));
                }
            }
            _ => {
                for (line, (sku, open)) in &told.lines {
                    let place = (sku.clone().unwrap_or_default(), warehouse.clone());
                    self.want(record, *line, place, *open);
                }
                self.expects_short(entry, record);
            }
        }
    }

    /// Notes a document and its lines as they were told.
    fn document(&mut self, entry: &Entry, record: &Value, size: &str) {
        let lines = items(&record["lines"]).map(|line| {
            let sku = line["variant"]["sku"].as_str().map(str::to_owned);
            (id(&line["id"]), (sku, quantity(&line[size])))
        });
        let told = Told {
            key: entry.key.clone(),
            number: record["number"].as_str().map(str::to_owned),
            lines: lines.collect(),
        };
        self.documents.entry(id(&record["id"])).or_insert(told);
    }

    fn want(&mut self, document: Uuid, line: Uuid, place: Place, open: i64) {
        let lines = self.wants.entry(document).or_default();
        lines.insert(line, Want { place, open });
    }

    /// Pieces that come to the sellable ones, or leave them; noted so that it can be taken back.
    fn moves(&mut self, document: Uuid, place: Place, size: i64) {
        self.moved
            .entry(document)
            .or_default()
            .push((place.clone(), size));
        self.comes(place, [size, 0]);
    }

    /// Pieces that come from outside, or go there.
    fn comes(&mut self, place: Place, [sellable, quarantined]: [i64; 2]) {
        let flow = self.flow.entry(place.0.clone()).or_default();
        let all = sellable + quarantined;
        if all > 0 {
            flow[0] += all;
        } else {
            flow[1] -= all;
        }
        self.shift(place, [sellable, quarantined]);
    }

    /// Pieces that stay in the house.
    fn shift(&mut self, place: Place, [sellable, quarantined]: [i64; 2]) {
        let stock = self.stock.entry(place).or_default();
        stock[0] += sellable;
        stock[1] += quarantined;
    }

    fn order(&mut self, entry: &Entry, order: &Value) {
        self.document(entry, order, "quantity");
        let mut all = 0;
        for line in items(&order["lines"]) {
            let place = (sku(line), String::new());
            let size = quantity(&line["quantity"]);
            self.want(id(&order["id"]), id(&line["id"]), place, size);
            all += size;
        }
        // What may not wait must be reserved in full by the command itself.
        if entry.command == "salesOrderPlace" && entry.input["onShortage"] != "BACKORDER" {
            self.in_full.insert(entry.key.clone(), all);
        }
    }

    fn order_ends(&mut self, input: &Value) {
        // Nothing of it is open any more, whatever is shipped of it before or after in this list.
        let order = id(&input["salesOrder"]["id"]);
        for want in self.wants.entry(order).or_default().values_mut() {
            want.open = i64::MIN / 2;
        }
    }

    fn fulfilments(&mut self, entry: &Entry, payload: &Value) {
        for fulfilment in items(&payload["fulfilments"]) {
            self.document(entry, fulfilment, "quantity");
        }
    }

    fn ship(&mut self, payload: &Value) {
        let order = id(&payload["salesOrder"]["id"]);
        for fulfilment in items(&payload["fulfilments"]) {
            for line in items(&fulfilment["lines"]) {
                let size = quantity(&line["quantity"]);
                self.comes((sku(line), code(&fulfilment["warehouse"])), [-size, 0]);
                let wants = self.wants.entry(order).or_default();
                let line = id(&line["salesOrderLineId"]);
                let want = wants.entry(line).or_insert_with(|| Want {
                    place: Place::default(),
                    open: 0,
                });
                want.open -= size;
            }
        }
    }

    fn hold(&mut self, entry: &Entry, hold: &Value) {
        self.document(entry, hold, "quantity");
        let record = id(&hold["id"]);
        for line in items(&hold["lines"]) {
            let place = (sku(line), code(&line["warehouse"]));
            self.want(record, id(&line["id"]), place, quantity(&line["quantity"]));
        }
        self.expects_short(entry, record);
    }

    /// A hold that ends within the hour has run out by the time of the check.
    fn expects_short(&mut self, entry: &Entry, record: Uuid) {
        let text = entry.input["expiresAt"].as_str().unwrap_or_default();
        let hour = chrono::Utc::now() + chrono::Duration::hours(1);
        if chrono::DateTime::parse_from_rfc3339(text).is_ok_and(|end| end < hour) {
            self.short.push(record);
        }
    }

    fn received(&mut self, input: &Value, record: Uuid) {
        let warehouse = code(&input["warehouse"]);
        for line in items(&input["lines"]) {
            let place = (sku(line), warehouse.clone());
            self.moves(record, place, quantity(&line["quantity"]));
        }
    }

    fn taken_back(&mut self, record: Uuid) {
        for (place, size) in self.moved.remove(&record).unwrap_or_default() {
            self.comes(place, [-size, 0]);
        }
    }

    fn adjusted(&mut self, entry: &Entry, adjustment: &Value) {
        self.document(entry, adjustment, "delta");
        for line in items(&adjustment["lines"]) {
            let place = (sku(line), code(&adjustment["warehouse"]));
            self.moves(id(&adjustment["id"]), place, quantity(&line["delta"]));
        }
    }

    /// A count corrects what was counted otherwise than the books said; nothing, when all agreed.
    fn counted(&mut self, entry: &Entry, count: &Value) {
        let adjustment = &count["stockAdjustment"];
        if !adjustment.is_null() {
            self.adjusted(entry, adjustment);
        }
    }

    fn sent(&mut self, purchase: &Value) {
        for line in items(&purchase["lines"]) {
            let place = (sku(line), code(&purchase["warehouse"]));
            self.want(
                id(&purchase["id"]),
                id(&line["id"]),
                place,
                quantity(&line["quantity"]),
            );
        }
    }

    fn bought(&mut self, entry: &Entry, receipt: &Value) {
        self.document(entry, receipt, "quantity");
        let purchase = id(&entry.input["purchaseOrder"]["id"]);
        let skus: HashMap<Uuid, String> = items(&receipt["lines"])
            .map(|line| (id(&line["purchaseOrderLineId"]), sku(line)))
            .collect();
        for line in items(&entry.input["lines"]) {
            let [accepted, rejected] = ["accepted", "rejected"].map(|name| quantity(&line[name]));
            let line = id(&line["line"]);
            let sku = skus.get(&line).cloned().unwrap_or_default();
            self.comes((sku, code(&receipt["warehouse"])), [accepted, rejected]);
            let wants = self.wants.entry(purchase).or_default();
            if let Some(want) = wants.get_mut(&line) {
                want.open -= accepted + rejected;
            }
        }
    }

    fn transfer(&mut self, entry: &Entry, transfer: &Value) {
        self.document(entry, transfer, "quantity");
        for line in items(&transfer["lines"]) {
            let place = (sku(line), code(&transfer["fromWarehouse"]));
            self.want(
                id(&transfer["id"]),
                id(&line["id"]),
                place,
                quantity(&line["quantity"]),
            );
        }
    }

    fn dispatched(&mut self, transfer: &Value) {
        let record = id(&transfer["id"]);
        self.wants.remove(&record);
        let [from, to] = ["fromWarehouse", "toWarehouse"].map(|name| code(&transfer[name]));
        for line in items(&transfer["lines"]) {
            let size = quantity(&line["quantity"]);
            self.shift((sku(line), from.clone()), [-size, 0]);
            let to = (sku(line), to.clone());
            *self.on_their_way.entry(to.clone()).or_default() += size;
            self.moved
                .entry(id(&line["id"]))
                .or_default()
                .extend([((sku(line), from.clone()), 0), (to, 0)]);
        }
    }

    fn arrived(&mut self, input: &Value) {
        for line in items(&input["lines"]) {
            let [received, lost, returned] =
                ["received", "lost", "returned"].map(|name| quantity(&line[name]));
            let ends = self
                .moved
                .get(&id(&line["line"]))
                .cloned()
                .unwrap_or_default();
            let [(from, _), (to, _)] = ends.as_slice() else {
                continue;
            };
            *self.on_their_way.entry(to.clone()).or_default() -= received + lost + returned;
            self.flow.entry(to.0.clone()).or_default()[1] += lost;
            self.shift(from.clone(), [returned, 0]);
            self.shift(to.clone(), [received, 0]);
        }
    }

    fn asked_back(&mut self, entry: &Entry, asked: &Value) {
        self.document(entry, asked, "quantity");
        for line in items(&asked["lines"]) {
            let place = (sku(line), code(&asked["warehouse"]));
            self.moved.insert(id(&line["id"]), vec![(place, 0)]);
        }
    }

    fn came_back(&mut self, input: &Value) {
        for line in items(&input["lines"]) {
            let place = self.place_of(&line["line"]);
            self.comes(place, [0, quantity(&line["quantity"])]);
        }
    }

    fn inspected(&mut self, input: &Value) {
        for line in items(&input["lines"]) {
            let place = self.place_of(&line["line"]);
            let [restock, scrap, sent] =
                ["restock", "scrap", "sendBack"].map(|name| quantity(&line[name]));
            self.shift(place.clone(), [restock, -restock]);
            self.comes(place, [0, -scrap - sent]);
        }
    }

    fn place_of(&self, line: &Value) -> Place {
        let known = self.moved.get(&id(line)).and_then(|places| places.first());
        known.map(|(place, _)| place.clone()).unwrap_or_default()
    }

    /// Ends holds whose time is over, and tells demand from supply.
    fn run_out(&mut self) {
        for hold in &self.short {
            self.wants.remove(hold);
        }
        let sent = |record: &Uuid, documents: &HashMap<Uuid, Told>| {
            let number = documents
                .get(record)
                .and_then(|told| told.number.as_deref());
            number.is_some_and(|number| number.starts_with("PO-"))
        };
        for (record, lines) in &self.wants {
            for (line, want) in lines {
                let open = want.open.max(0);
                if sent(record, &self.documents) {
                    *self.on_order.entry(want.place.clone()).or_default() += open;
                } else {
                    self.promised.insert(*line, open);
                }
            }
        }
    }
}
