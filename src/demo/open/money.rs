//! Bills that are overdue, payments that need a look, and a debt that will not be paid.

use rust_decimal::Decimal;
use serde_json::{Value as Json, json};

use super::Open;
use crate::demo::Failure;
use crate::demo::api::text;

/// Who has not paid, and how many days ago it ordered.
const LATE: &[(&str, i64)] = &[
    ("CAFE-MORGENROT", 128),
    ("SHOP-DEKO", 96),
    ("PATISSERIE-BLANC", 71),
    ("TEEKISTE", 52),
    ("OFFICE-AGENTUR", 33),
    ("KAFFEEBAR-NOVA", 24),
];

impl Open<'_, '_> {
    /// Overdue bills, some of them paid in part; money on account, a payment that bounced, a bill
    /// that was void, a bad debt.
    pub(super) async fn money(&mut self) -> Result<(), Failure> {
        self.late().await?;
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

    /// Two have paid half; the oldest debt is given up.
    async fn late(&mut self) -> Result<(), Failure> {
        for (place, (customer, days)) in LATE.iter().enumerate() {
            let lines = self.plenty(0, 3, 12);
            let order = self.place(customer, *days, &lines).await?;
            self.ship(&order, days - 1).await?;
            let name = format!("demo-late-{}", place + 1);
            let input = json!({
                "salesOrder": order.by(), "date": self.ago(days - 1), "externalId": name,
            });
            let selection = "invoice { gross { amount } }";
            let payload = self.api.one("invoicePost", selection, input).await?;
            let gross: Decimal = text(&payload, "/invoice/gross/amount")?.parse()?;
            let bill = json!({ "externalId": name });
            match place {
                0 => self.give_up(&bill).await?,
                1 | 4 => self.pay_half(customer, gross, &bill).await?,
                _ => {}
            }
        }
        Ok(())
    }

    async fn pay_half(&self, customer: &str, gross: Decimal, bill: &Json) -> Result<(), Failure> {
        let half = (gross / Decimal::TWO).round_dp(2);
        let input = json!({
            "customer": { "code": customer }, "date": self.ago(1), "amount": half,
            "method": "transfer", "note": "The rest next month",
            "allocations": [{ "document": bill }],
        });
        self.api.one("paymentPost", "", input).await?;
        Ok(())
    }

    async fn give_up(&self, bill: &Json) -> Result<(), Failure> {
        let reason = "Insolvent; the rest is with the lawyer";
        let input = json!({ "openItem": bill, "date": self.ago(3), "reason": reason });
        self.api.one("openItemWriteOff", "", input).await?;
        Ok(())
    }
}
