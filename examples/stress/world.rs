//! The documents that clients know of and go on with, each other's too.

use std::sync::{Mutex, PoisonError};

use rand::Rng;
use rand_chacha::ChaCha8Rng;
use serde_json::Value;

use crate::journal::Entry;

/// So many documents of a kind are remembered; beyond, an older one is forgotten.
const REMEMBERED: usize = 3_000;
/// How often a document is left for others who may take it at the same time: one in so many.
const SHARED: u32 = 4;

/// Documents of a kind in a certain state, as far as clients know.
#[derive(Default)]
pub struct Pool(Mutex<Vec<Value>>);

impl Pool {
    /// Puts a document in.
    pub fn put(&self, document: &Value) {
        if document.is_null() {
            return;
        }
        let mut documents = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if documents.len() >= REMEMBERED {
            documents.swap_remove(0);
        }
        documents.push(document.clone());
    }

    /// Takes one out, or only looks at it, so that two clients want the same.
    pub fn pick(&self, random: &mut ChaCha8Rng) -> Option<Value> {
        let mut documents = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if documents.is_empty() {
            return None;
        }
        let at = random.random_range(0..documents.len());
        if random.random_ratio(1, SHARED) {
            documents.get(at).cloned()
        } else {
            Some(documents.swap_remove(at))
        }
    }
}

/// All of them.
#[derive(Default)]
pub struct World {
    /// Orders that may have something to ship.
    pub orders: Pool,
    /// Orders of which something was shipped.
    pub to_invoice: Pool,
    /// Fulfilments that have not left.
    pub fulfilments: Pool,
    /// Lines that were shipped, with their order.
    pub shipped: Pool,
    /// Holds.
    pub holds: Pool,
    /// Receipts without a purchase order.
    pub receipts: Pool,
    /// Adjustments.
    pub adjustments: Pool,
    /// Counts that were begun.
    pub counting: Pool,
    /// Counts of which something was recorded.
    pub counted: Pool,
    /// Counts that may be posted.
    pub finished: Pool,
    /// Purchase orders that were made.
    pub purchases: Pool,
    /// Purchase orders that may be sent.
    pub approved: Pool,
    /// Purchase orders that were sent.
    pub sent: Pool,
    /// Transfers that were made.
    pub transfers: Pool,
    /// Transfers on their way.
    pub on_their_way: Pool,
    /// Returns that were asked for.
    pub requested: Pool,
    /// Returns that may come.
    pub expected: Pool,
    /// Returns that have come.
    pub received: Pool,
}

impl World {
    /// Learns from a command that was acknowledged.
    pub fn learn(&self, entry: &Entry) {
        let Some(payload) = entry.payload() else {
            return;
        };
        match entry.command {
            "salesOrderPlace" | "stockHoldConvert" => self.orders.put(&payload["salesOrder"]),
            "fulfilmentCreate" => each(&payload["fulfilments"], |one| self.fulfilments.put(one)),
            "fulfilmentShip" => self.learn_shipping(payload),
            "stockHoldCreate" => self.holds.put(&payload["stockHold"]),
            "goodsReceiptPost" => self.receipts.put(&payload["goodsReceipt"]),
            "stockAdjust" => self.adjustments.put(&payload["stockAdjustment"]),
            "stockCountCreate" => self.counting.put(&payload["stockCount"]),
            "stockCountRecord" => self.counted.put(&payload["stockCount"]),
            "stockCountFinish" => self.finished.put(&payload["stockCount"]),
            "stockCountPost" => self
                .adjustments
                .put(&payload["stockCount"]["stockAdjustment"]),
            "purchaseOrderCreate" => self.purchases.put(&payload["purchaseOrder"]),
            "purchaseOrderSubmit" => self.approved.put(&payload["purchaseOrder"]),
            "purchaseOrderSend" => self.sent.put(&payload["purchaseOrder"]),
            "stockTransferCreate" => self.transfers.put(&payload["stockTransfer"]),
            "stockTransferDispatch" => self.on_their_way.put(&payload["stockTransfer"]),
            "customerReturnRequest" => self.requested.put(&payload["customerReturn"]),
            "customerReturnApprove" => self.expected.put(&payload["customerReturn"]),
            "customerReturnReceive" => self.received.put(&payload["customerReturn"]),
            _ => {}
        }
    }

    fn learn_shipping(&self, payload: &Value) {
        let order = &payload["salesOrder"];
        self.to_invoice.put(order);
        if order["fulfilmentStatus"] != "FULL" {
            self.orders.put(order);
        }
        each(&payload["fulfilments"], |fulfilment| {
            each(&fulfilment["lines"], |line| {
                let mut line = line.clone();
                line["order"] = order["id"].clone();
                self.shipped.put(&line);
            });
        });
    }
}

/// Does something with each item of a list.
pub fn each(list: &Value, mut what: impl FnMut(&Value)) {
    for item in list.as_array().into_iter().flatten() {
        what(item);
    }
}
