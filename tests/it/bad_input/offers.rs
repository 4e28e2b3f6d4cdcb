//! Supplier items and the settings of buying.

use serde_json::{Value, json};

use super::parts;
use super::row::{Mutation, Row, row};
use super::world::{USED_KEY, World};

/// The mutations of this module.
pub fn mutations(world: &World) -> Vec<Mutation> {
    vec![
        create(world),
        update(world),
        archive(world),
        settings(),
        lock_period(),
        reopen_period(),
        tiers(),
    ]
}

/// Rows of what new items and their changes have in common.
fn content() -> Vec<Row> {
    let day = |days: i32| {
        row(format!("{days} days"))
            .set("/leadTimeDays", days)
            .invalid("leadTimeDays")
    };
    let price = |minimum: &str| json!({ "minimumQuantity": minimum, "unitPrice": "1" });
    let many: Vec<Value> = (0..101).map(|one| price(&one.to_string())).collect();
    let rules = vec![
        day(-1),
        day(3_651),
        row("two prices from the same quantity on")
            .set("/prices/1", price("0"))
            .invalid("prices.1.minimumQuantity"),
        row("too many prices")
            .set("/prices", many)
            .invalid("prices"),
        row("the external id is taken")
            .set("/externalId", "archivable")
            .gives("DUPLICATE", "externalId"),
        row("metadata that is no object")
            .set("/metadata", json!([1]))
            .invalid("metadata"),
        row("several errors at once")
            .set("/externalId", "archivable")
            .set("/minimumQuantity", "0.5")
            .set("/leadTimeDays", -1)
            .gives("DUPLICATE", "externalId")
            .invalid("minimumQuantity")
            .invalid("leadTimeDays"),
    ];
    [
        parts::text("/supplierSku", 64),
        parts::pieces_or_none("/minimumQuantity"),
        parts::pieces("/orderMultiple"),
        parts::price("/prices/0/unitPrice"),
        parts::pieces_or_none("/prices/1/minimumQuantity"),
        parts::text("/externalId", 64),
        parts::key(USED_KEY),
        rules,
    ]
    .concat()
}

fn baseline(name: &str) -> Value {
    json!({
        "supplierSku": "P-17",
        "minimumQuantity": "5",
        "orderMultiple": "5",
        "leadTimeDays": 3,
        "isPreferred": true,
        "prices": [{ "unitPrice": "2" }, { "minimumQuantity": "10", "unitPrice": "1.5" }],
        "externalId": format!("new-{name}"),
        "metadata": { "shelf": "A3" },
        "idempotencyKey": name,
    })
}

fn create(world: &World) -> Mutation {
    let name = "supplierItemCreate";
    let mut baseline = baseline(name);
    baseline["supplier"] = json!({ "code": "MILL" });
    baseline["variant"] = json!({ "sku": "PIPE" });
    let (supplier, variant) = (&world.unknown.supplier, &world.unknown.variant);
    let rules = vec![
        row("the supplier is archived")
            .set("/supplier", json!({ "code": "SHUT" }))
            .gives("ARCHIVED", "supplier"),
        row("the variant is archived")
            .set("/variant", json!({ "sku": "GONE" }))
            .gives("ARCHIVED", "variant"),
        row("the supplier offers it already")
            .set("/variant", json!({ "sku": "WIRE" }))
            .gives("DUPLICATE", "variant"),
    ];
    let rows = [
        parts::shape(&["supplier", "variant"]),
        parts::reference("/supplier", (supplier, variant), "code"),
        parts::reference("/variant", (variant, supplier), "sku"),
        content(),
        rules,
    ];
    Mutation {
        name,
        baseline,
        rows: rows.concat(),
    }
}

fn stale() -> Row {
    row("another version")
        .set("/expectedVersion", 2)
        .gives("STALE", "expectedVersion")
}

fn item_rows(world: &World) -> Vec<Row> {
    let ids = (
        world.purchases.unknown.item.as_str(),
        world.unknown.variant.as_str(),
    );
    let withdrawn = json!({ "externalId": "withdrawn" });
    let archived = row("it is archived")
        .set("/supplierItem", withdrawn)
        .unset("/expectedVersion")
        .gives("INVALID_STATE", "supplierItem");
    let reference = parts::reference_by("/supplierItem", ids, &["externalId"]);
    [
        parts::shape(&["supplierItem"]),
        reference,
        vec![archived, stale()],
    ]
    .concat()
}

fn update(world: &World) -> Mutation {
    let name = "supplierItemUpdate";
    let mut baseline = baseline(name);
    baseline["supplierItem"] = json!({ "externalId": "offered" });
    baseline["expectedVersion"] = json!(1);
    let rows = [item_rows(world), content()];
    Mutation {
        name,
        baseline,
        rows: rows.concat(),
    }
}

fn archive(world: &World) -> Mutation {
    let name = "supplierItemArchive";
    let several = row("another version and a bad key")
        .set("/expectedVersion", 9)
        .set("/idempotencyKey", "")
        .gives("STALE", "expectedVersion")
        .invalid("idempotencyKey");
    let rows = [item_rows(world), parts::key(USED_KEY), vec![several]];
    Mutation {
        name,
        baseline: json!({
            "supplierItem": { "externalId": "archivable" }, "expectedVersion": 1,
            "idempotencyKey": name,
        }),
        rows: rows.concat(),
    }
}

fn settings() -> Mutation {
    let name = "companySettingsUpdate";
    let several = row("several errors at once")
        .set("/overReceiptTolerance", "2")
        .set("/stockAdjustmentApprovalOver", "0.001")
        .set("/idempotencyKey", "")
        .invalid("overReceiptTolerance")
        .invalid("stockAdjustmentApprovalOver")
        .invalid("idempotencyKey");
    let rows = [
        parts::shape(&[]),
        parts::rate("/overReceiptTolerance"),
        parts::price("/stockAdjustmentApprovalOver"),
        parts::unfit("/sourcingStrategy", &[json!("NEAREST"), json!(1)]),
        parts::key(USED_KEY),
        vec![several],
    ];
    Mutation {
        name,
        baseline: json!({ "overReceiptTolerance": "0", "stockAdjustmentApprovalOver": "999999999",
            "sourcingStrategy": "GIVEN_WAREHOUSE", "idempotencyKey": name }),
        rows: rows.concat(),
    }
}

/// The world is locked through the year 1990.
fn lock_period() -> Mutation {
    let name = "periodLock";
    let rows = [
        parts::shape(&["through"]),
        parts::past_day("/through"),
        parts::key(USED_KEY),
        vec![
            row("as far as it is locked already")
                .set("/through", "1990-12-31")
                .invalid("through"),
            row("several errors at once")
                .set("/through", "1990-12-30")
                .set("/idempotencyKey", "")
                .invalid("through")
                .invalid("idempotencyKey"),
        ],
    ];
    Mutation {
        name,
        baseline: json!({ "through": "1995-12-31", "idempotencyKey": name }),
        rows: rows.concat(),
    }
}

fn reopen_period() -> Mutation {
    let name = "periodReopen";
    let rows = [
        parts::shape(&["reason"]),
        parts::past_day("/lockedThrough"),
        parts::text("/reason", 200),
        parts::key(USED_KEY),
        vec![
            row("more than is locked")
                .set("/lockedThrough", "2000-12-31")
                .invalid("lockedThrough"),
            row("several errors at once")
                .set("/lockedThrough", "2000-12-31")
                .set("/reason", "")
                .invalid("lockedThrough")
                .invalid("reason"),
        ],
    ];
    Mutation {
        name,
        baseline: json!({
            "lockedThrough": "1980-12-31", "reason": "A bill that came late",
            "idempotencyKey": name,
        }),
        rows: rows.concat(),
    }
}

fn tiers() -> Mutation {
    let name = "purchaseApprovalTiersSet";
    let tier = |amount: i32| json!({ "fromAmount": amount });
    let rules = vec![
        row("too many tiers")
            .set("/tiers", (0..21).map(tier).collect::<Vec<Value>>())
            .invalid("tiers"),
        row("two tiers from the same amount on")
            .set("/tiers/1", tier(5))
            .invalid("tiers.1.fromAmount"),
        row("a scope that there is not")
            .set("/tiers/1/scope", "everything")
            .invalid("tiers.1.scope"),
        row("several errors at once")
            .set("/tiers/0/fromAmount", "-1")
            .set("/tiers/1/scope", "everything")
            .invalid("tiers.0.fromAmount")
            .invalid("tiers.1.scope"),
    ];
    let rows = [
        parts::shape(&["tiers"]),
        parts::lines_or_none("/tiers"),
        parts::price("/tiers/0/fromAmount"),
        parts::text("/tiers/1/scope", 64),
        parts::key(USED_KEY),
        rules,
    ];
    Mutation {
        name,
        baseline: json!({
            "tiers": [{ "fromAmount": "5" }, { "fromAmount": 1000, "scope": "settings:write" }],
            "idempotencyKey": name,
        }),
        rows: rows.concat(),
    }
}
