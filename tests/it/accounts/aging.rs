//! Aging and statements of any day, against a computation of the test's own.

use chrono::NaiveDate;
use serde_json::{Value, json};

use super::{ago, invoice_to, open_shop, pay, payment};
use crate::support::Client;

/// What the test itself knows of a debt or a credit.
struct Item {
    date: NaiveDate,
    cents: i64,
    used: Vec<(NaiveDate, i64)>,
}

impl Item {
    fn open(&self, day: NaiveDate) -> i64 {
        if self.date > day {
            return 0;
        }
        let used = self.used.iter().filter(|(on, _)| *on <= day);
        self.cents - used.map(|(_, cents)| cents).sum::<i64>()
    }

    fn left(&self) -> i64 {
        self.cents - self.used.iter().map(|(_, cents)| cents).sum::<i64>()
    }
}

/// The same numbers in every run.
struct Dice(u64);

impl Dice {
    fn below(&mut self, end: u64) -> u64 {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % end
    }
}

fn euros(cents: i64) -> String {
    let sign = if cents < 0 { "-" } else { "" };
    format!("{sign}{}.{:02}", cents.abs() / 100, cents.abs() % 100)
}

/// Random invoices and payments of ANNA, oldest first, and what the test knows of them.
async fn history(client: &Client) -> (Vec<Item>, Vec<Item>) {
    let mut dice = Dice(20_261_122);
    let (mut debts, mut credits): (Vec<Item>, Vec<Item>) = (Vec::new(), Vec::new());
    for _ in 0..16 {
        let date = ago(dice.below(150));
        if dice.below(2) == 0 {
            let pieces = 1 + dice.below(20);
            invoice_to(client, "ANNA", &pieces.to_string(), date).await;
            let cents = i64::try_from(pieces).expect("a few") * 1_000;
            debts.push(Item {
                date,
                cents,
                used: Vec::new(),
            });
            continue;
        }
        let mut left = 1 + i64::try_from(dice.below(20_000)).expect("a few");
        pay(client, &euros(left), json!({ "date": date.to_string() })).await;
        let mut credit = Item {
            date,
            cents: left,
            used: Vec::new(),
        };
        // Without terms a debt is due on its day; of one day the older one is first.
        let mut order: Vec<usize> = (0..debts.len()).collect();
        order.sort_by_key(|at| debts[*at].date);
        for at in order {
            let part = left.min(debts[at].left());
            if part > 0 {
                let on = date.max(debts[at].date);
                debts[at].used.push((on, part));
                credit.used.push((on, part));
                left -= part;
            }
        }
        credits.push(credit);
    }
    (debts, credits)
}

const AGING: &str = "query($day: Date) { receivablesAging(asOf: $day, buckets: [10, 30, 60]) {
    total { amount } credit { amount } buckets { label amount { amount } }
    customers { customer { code } total { amount } }
    items { open { amount } bucket daysOverdue } } }";

both! {
    async fn aging_of_any_day_is_what_was_open_then(server: &TestServer) {
        let client = server.client();
        open_shop(&client).await;
        let (debts, credits) = history(&client).await;
        for days in [160, 120, 90, 61, 45, 31, 20, 11, 5, 1, 0] {
            let day = ago(days);
            let data = client.query(AGING, json!({ "day": day.to_string() })).await;
            let aging = &data["receivablesAging"];
            let mut wanted = [0_i64; 5];
            for debt in &debts {
                let late = (day - debt.date).num_days();
                let bucket = [0, 10, 30, 60].iter().position(|end| late <= *end).unwrap_or(4);
                wanted[bucket] += debt.open(day);
            }
            let credit: i64 = credits.iter().map(|credit| -credit.open(day)).sum();
            let told: Vec<&Value> = aging["buckets"].as_array().into_iter().flatten()
                .map(|bucket| &bucket["amount"]["amount"]).collect();
            assert_eq!(told, wanted.map(|cents| json!(euros(cents))).iter().collect::<Vec<_>>(),
                "{days} days ago: {aging}");
            assert_eq!(aging["credit"]["amount"], euros(credit), "{days} days ago");
            let total = wanted.iter().sum::<i64>() + credit;
            assert_eq!(aging["total"]["amount"], euros(total));
            let items = aging["items"].as_array().cloned().unwrap_or_default();
            let open = debts.iter().chain(&credits).filter(|item| item.open(day) != 0).count();
            assert_eq!(items.len(), open, "{days} days ago: {items:?}");
            if open > 0 {
                assert_eq!(aging["customers"][0]["total"]["amount"], euros(total));
            }
        }
    }

    async fn the_items_behind_a_figure_add_up_to_it(server: &TestServer) {
        let client = server.client();
        open_shop(&client).await;
        for days in [0, 1, 30, 31, 91] {
            invoice_to(&client, "ANNA", "1", ago(days)).await;
        }
        client.accept("paymentPost", payment("5", json!({})), "payment { id }").await;
        for (bucket, amounts) in [(0, vec!["10.00"]), (1, vec!["10.00", "10.00"]),
            (2, vec!["10.00"]), (3, vec![]), (4, vec!["5.00"])]
        {
            let query = "query($bucket: Int!) { receivablesAging { items(bucket: $bucket,
                customer: { code: \"ANNA\" }) { open { amount } item { number } } } }";
            let data = client.query(query, json!({ "bucket": bucket })).await;
            let items = data["receivablesAging"]["items"].as_array().cloned().unwrap_or_default();
            let open: Vec<&str> =
                items.iter().filter_map(|item| item["open"]["amount"].as_str()).collect();
            assert_eq!(open, amounts, "bucket {bucket}");
        }
    }

    async fn a_statement_runs_from_its_opening_to_its_closing_balance(server: &TestServer) {
        let client = server.client();
        open_shop(&client).await;
        let first = invoice_to(&client, "ANNA", "10", ago(50)).await;
        let paid = pay(&client, "30", json!({ "date": ago(20).to_string() })).await;
        let second = invoice_to(&client, "ANNA", "2", ago(10)).await;
        invoice_to(&client, "ANNA", "7", ago(1)).await;
        let query = "query($from: Date!, $until: Date) {
            customerStatement(customer: { code: \"ANNA\" }, from: $from, until: $until) {
              opening { amount } closing { amount }
              lines { number documentKind amount { amount } balance { amount } } } }";
        let days = json!({ "from": ago(30).to_string(), "until": ago(5).to_string() });
        let data = client.query(query, days).await;
        let line = |number: &Value, kind: &str, amount: &str, balance: &str| json!({
            "number": number, "documentKind": kind,
            "amount": { "amount": amount }, "balance": { "amount": balance } });
        assert_eq!(data["customerStatement"], json!({
            "opening": { "amount": "100.00" }, "closing": { "amount": "90.00" },
            "lines": [line(&paid["number"], "PAYMENT", "-30.00", "70.00"),
                line(&second["number"], "INVOICE", "20.00", "90.00")] }));
        let all = json!({ "from": ago(100).to_string(), "until": null });
        let data = client.query(query, all).await;
        let statement = &data["customerStatement"];
        assert_eq!(statement["lines"][0]["number"], first["number"]);
        assert_eq!(statement["closing"]["amount"], "160.00");
    }
}
