//! Payments that need a look, and bills that will not be paid.

use rust_decimal::Decimal;
use serde_json::json;

use super::Open;
use crate::demo::Failure;
use crate::demo::api::text;
use crate::demo::customers::Pays;
use crate::demo::history::bill_name;

impl Open<'_, '_> {
    /// Part payments, money on account, a payment that bounced, a void bill, a bad debt.
    pub(super) async fn money(&mut self) -> Result<(), Failure> {
        self.part_payments().await?;
        self.bad_debts().await?;
        let input = json!({
            "customer": { "code": "HOTEL-KRONE" }, "date": self.ago(2), "amount": "500",
            "method": "transfer", "note": "No reference on the transfer", "allocate": "NONE",
        });
        self.api.one("paymentPost", "", input).await?;
        let input = json!({
            "customer": { "code": "CAFE-SONNE" }, "date": self.ago(9), "amount": "240",
            "method": "direct debit", "allocate": "NONE",
        });
        let payload = self.api.one("paymentPost", "payment { id }", input).await?;
        let id = text(&payload, "/payment/id")?;
        let reason = "Returned by the bank";
        let input = json!({ "payment": { "id": id }, "date": self.ago(5), "reason": reason });
        self.api.one("paymentReverse", "", input).await?;
        let lines = self.plenty(0, 2, 6);
        let order = self.place("SHOP-TISCH", 7, &lines).await?;
        self.ship(&order, 6).await?;
        let id = self.bill(&order, 6).await?;
        let reason = "Billed twice; the goods were a gift for the opening";
        let input = json!({ "invoice": { "id": id }, "date": self.ago(5), "reason": reason });
        self.api.one("creditNotePost", "", input).await?;
        Ok(())
    }

    /// What is owed for orders of the history, with the day it is due, the longest due first.
    fn owed(&self, pays: Pays) -> Vec<(i64, usize, Decimal)> {
        let history = self.history;
        let open = history.made.owed.iter().filter(|(_, owed)| !owed.is_zero());
        let mut owed: Vec<(i64, usize, Decimal)> = open
            .map(|(place, owed)| {
                let order = &history.plan.orders[*place];
                let buyer = &history.company.customers[order.customer];
                (order.ships + buyer.term_days(), *place, *owed)
            })
            .filter(|(_, place, _)| {
                let order = &history.plan.orders[*place];
                history.company.customers[order.customer].pays == pays
            })
            .collect();
        owed.sort_unstable();
        owed
    }

    async fn part_payments(&self) -> Result<(), Failure> {
        for (_, order, owed) in self.owed(Pays::Slow).into_iter().take(3) {
            let buyer = self.history.plan.orders[order].customer;
            let half = (owed / Decimal::TWO).round_dp(2);
            let document = json!({ "externalId": bill_name(order) });
            let input = json!({
                "customer": { "code": self.history.company.customers[buyer].code },
                "date": self.ago(1), "amount": half, "method": "transfer",
                "note": "The rest next month", "allocations": [{ "document": document }],
            });
            self.api.one("paymentPost", "", input).await?;
        }
        Ok(())
    }

    async fn bad_debts(&self) -> Result<(), Failure> {
        for (_, order, _) in self.owed(Pays::Never).into_iter().take(1) {
            let item = json!({ "externalId": bill_name(order) });
            let reason = "Insolvent; the rest is with the lawyer";
            let input = json!({ "openItem": item, "date": self.ago(3), "reason": reason });
            self.api.one("openItemWriteOff", "", input).await?;
        }
        Ok(())
    }
}
