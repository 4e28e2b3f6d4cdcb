//! Inputs of fulfilments, and how they become commands.

use async_graphql::{Context, ID, InputObject, Json, MaybeUndefined};
use entity::vocab::{FulfilmentId, SalesOrderLineId};
use serde_json::Value;
use uuid::Uuid;

use super::create::{Freight, OfOrder};
use super::rules::AskedLine;
use super::ship::Ship;
use super::steps::{Deed, StepOf};
use crate::graphql::context::company;
use crate::graphql::{Date, Decimal, Reading, reference_input};
use crate::platform::clock;
use crate::platform::command::Envelope;
use crate::platform::input::{CODE_LENGTH_MAX, Check, LINES_MAX, NAME_LENGTH_MAX};
use crate::platform::reference::Reference;
use crate::platform::rejection::Path;
use crate::sales::order::inputs::SalesOrderReference;
use crate::stock::warehouse::graphql::WarehouseReference;

/// Characters of a link, at most.
const LINK_LENGTH_MAX: usize = 500;
/// Packages of a fulfilment, at most.
const PACKAGES_MAX: i32 = 10_000;

reference_input!(
    /// Names a fulfilment.
    FulfilmentReference -> FulfilmentId,
    /// Its number.
    Number("number")
);

/// How much of a line to ship.
#[derive(InputObject)]
pub struct FulfilmentLineInput {
    /// The id of the order line.
    line: ID,
    /// How much, in the base unit; at most what is reserved for the line and in no fulfilment.
    quantity: Decimal,
}

impl FulfilmentLineInput {
    fn read(self, reading: &mut Reading, path: &Path) -> AskedLine {
        let Self { line, quantity } = self;
        let check = &mut reading.check;
        AskedLine {
            line_id: check.id(path.at("line"), SalesOrderLineId::parse(&line)),
            quantity: check.positive_quantity(path.at("quantity"), &quantity.0),
        }
    }
}

fn read_lines(
    reading: &mut Reading,
    lines: Option<Vec<FulfilmentLineInput>>,
) -> Option<Vec<AskedLine>> {
    let lines = lines?;
    let path = Path::input().at("lines");
    reading.check.line_count(path.clone(), lines.len());
    let lines = lines.into_iter().take(LINES_MAX).enumerate();
    let read = lines.map(|(index, line)| line.read(reading, &path.at(index)));
    Some(read.collect())
}

/// What to set aside.
#[derive(InputObject)]
pub struct FulfilmentCreateInput {
    /// Of which order; a confirmed one.
    sales_order: SalesOrderReference,
    /// From which warehouse; from every one that holds stock for the order when left out.
    warehouse: Option<WarehouseReference>,
    /// Which lines and how much; everything that is reserved and in no fulfilment when left out.
    lines: Option<Vec<FulfilmentLineInput>>,
    /// The business day it belongs to; today when left out, never in the future.
    date: Option<Date>,
    /// Who carries the goods, at most 200 characters.
    carrier: Option<String>,
    /// The carrier's number for them, at most 64 characters.
    tracking_number: Option<String>,
    /// Where the carrier tells how far they are: a link that begins with https:// or http://, at
    /// most 500 characters.
    tracking_url: Option<String>,
    /// Only try it: tells what would be wrong and what would be posted, and changes nothing.
    dry_run: Option<bool>,
    /// A key of your own: the same key and input is done once, however often it is sent.
    idempotency_key: Option<String>,
}

impl FulfilmentCreateInput {
    pub(super) fn read(self, ctx: &Context<'_>) -> Envelope<OfOrder> {
        let mut reading = Reading::of("fulfilmentCreate", &self);
        let Self {
            sales_order,
            warehouse,
            lines,
            date,
            carrier,
            tracking_number,
            tracking_url,
            dry_run,
            idempotency_key,
        } = self;
        reading.dry_run(dry_run);
        let path = Path::input();
        let today = company(ctx).day(clock::now());
        let freight = read_freight(&mut reading.check, (carrier, tracking_number, tracking_url));
        let date = date.map(|date| date.0);
        let command = OfOrder {
            order: sales_order.read(&mut reading, &path.at("salesOrder")),
            warehouse: warehouse.map(|by| by.read(&mut reading, &path.at("warehouse"))),
            lines: read_lines(&mut reading, lines),
            date: reading.check.past_day(path.at("date"), date, today),
            freight,
        };
        reading.finish(ctx, idempotency_key, (Uuid::nil(), command))
    }
}

/// What to ship: a fulfilment there is, or goods of an order at once.
#[derive(InputObject)]
pub struct FulfilmentShipInput {
    /// A fulfilment that is pending, picked or packed. Either this or `salesOrder`.
    fulfilment: Option<FulfilmentReference>,
    /// Of which order, to set goods aside and ship them in one step. Either this or `fulfilment`.
    sales_order: Option<SalesOrderReference>,
    /// With `salesOrder`: from which warehouse; from every one that holds stock for the order when
    /// left out.
    warehouse: Option<WarehouseReference>,
    /// With `salesOrder`: which lines and how much; everything that is reserved and in no
    /// fulfilment when left out.
    lines: Option<Vec<FulfilmentLineInput>>,
    /// The business day it belongs to; today when left out, never in the future.
    date: Option<Date>,
    /// Who carries the goods, at most 200 characters.
    carrier: Option<String>,
    /// The carrier's number for them, at most 64 characters.
    tracking_number: Option<String>,
    /// Where the carrier tells how far they are: a link that begins with https:// or http://, at
    /// most 500 characters.
    tracking_url: Option<String>,
    /// Only try it: tells what would be wrong and what would be posted, and changes nothing.
    dry_run: Option<bool>,
    /// A key of your own: the same key and input is done once, however often it is sent.
    idempotency_key: Option<String>,
}

impl FulfilmentShipInput {
    /// Whether it is about a fulfilment there is.
    pub(super) fn names_fulfilment(&self) -> bool {
        self.fulfilment.is_some()
    }

    pub(super) fn read(self, ctx: &Context<'_>) -> Envelope<Ship> {
        let mut reading = Reading::of("fulfilmentShip", &self);
        let Self {
            fulfilment,
            sales_order,
            warehouse,
            lines,
            date,
            carrier,
            tracking_number,
            tracking_url,
            dry_run,
            idempotency_key,
        } = self;
        reading.dry_run(dry_run);
        let path = Path::input();
        let today = company(ctx).day(clock::now());
        let freight = read_freight(&mut reading.check, (carrier, tracking_number, tracking_url));
        let date = date.map(|date| date.0);
        let date = reading.check.past_day(path.at("date"), date, today);
        if fulfilment.is_some() == sales_order.is_some() {
            let message = "Name either a fulfilment there is, or the order to ship from.";
            reading.check.complain(path.at("fulfilment"), message);
        }
        let fulfilment = fulfilment.map(|by| by.read(&mut reading, &path.at("fulfilment")));
        let order = sales_order.map(|by| by.read(&mut reading, &path.at("salesOrder")));
        let chosen = [
            ("warehouse", warehouse.is_some()),
            ("lines", lines.is_some()),
        ];
        for (field, _) in chosen
            .into_iter()
            .filter(|(_, is)| *is && fulfilment.is_some())
        {
            let message = "Goes with salesOrder; a fulfilment says itself what it ships.";
            reading.check.complain(path.at(field), message);
        }
        let warehouse = warehouse.map(|by| by.read(&mut reading, &path.at("warehouse")));
        let lines = read_lines(&mut reading, lines);
        let command = match fulfilment {
            Some(fulfilment) => Ship::Existing {
                fulfilment,
                date,
                freight,
            },
            None => Ship::OfOrder(OfOrder {
                order: order.unwrap_or(Reference::Unusable),
                warehouse,
                lines,
                date,
                freight,
            }),
        };
        reading.finish(ctx, idempotency_key, (Uuid::nil(), command))
    }
}

fn read_freight(
    check: &mut Check,
    (carrier, number, url): (Option<String>, Option<String>, Option<String>),
) -> Freight {
    let path = Path::input();
    let number_path = path.at("trackingNumber");
    Freight {
        carrier: check.optional_text(path.at("carrier"), carrier.as_deref(), NAME_LENGTH_MAX),
        tracking_number: check.optional_text(number_path, number.as_deref(), CODE_LENGTH_MAX),
        tracking_url: url.map(|url| read_link(check, &url)),
    }
}

fn read_link(check: &mut Check, link: &str) -> String {
    let path = Path::input().at("trackingUrl");
    let before = check.complaint_count();
    let link = check.text(path.clone(), link, LINK_LENGTH_MAX);
    let is_link = ["https://", "http://"]
        .iter()
        .any(|start| link.starts_with(start) && link.len() > start.len());
    if check.complaint_count() == before && !is_link {
        check.complain(path, "Must be a link that begins with https:// or http://.");
    }
    link
}

/// Declares the input of a step that needs nothing but the fulfilment.
macro_rules! plain_step {
    ($(#[$doc:meta])* $name:ident, $mutation:literal, $deed:expr) => {
        $(#[$doc])*
        #[derive(InputObject)]
        pub struct $name {
            /// The fulfilment.
            fulfilment: FulfilmentReference,
            /// A key of your own: the same key and input is done once, however often it is sent.
            idempotency_key: Option<String>,
        }

        impl $name {
            pub(super) fn read(self, ctx: &Context<'_>) -> Envelope<StepOf> {
                let reading = Reading::of($mutation, &self);
                step(ctx, reading, (self.fulfilment, self.idempotency_key), $deed)
            }
        }
    };
}

plain_step!(
    /// Which fulfilment was picked.
    FulfilmentPickInput, "fulfilmentPick", Deed::Pick
);
plain_step!(
    /// Which fulfilment to cancel.
    FulfilmentCancelInput, "fulfilmentCancel", Deed::Cancel
);

fn step(
    ctx: &Context<'_>,
    mut reading: Reading,
    (fulfilment, key): (FulfilmentReference, Option<String>),
    deed: Deed,
) -> Envelope<StepOf> {
    let command = StepOf {
        fulfilment: fulfilment.read(&mut reading, &Path::input().at("fulfilment")),
        expected_version: None,
        deed,
    };
    reading.finish(ctx, key, (Uuid::nil(), command))
}

/// Which fulfilment was packed, and how.
#[derive(InputObject)]
pub struct FulfilmentPackInput {
    /// The fulfilment; pending or picked.
    fulfilment: FulfilmentReference,
    /// Into how many packages, 1 to 10,000.
    package_count: Option<i32>,
    /// What they weigh together in kilograms, above zero, at most six decimals.
    weight: Option<Decimal>,
    /// A key of your own: the same key and input is done once, however often it is sent.
    idempotency_key: Option<String>,
}

impl FulfilmentPackInput {
    pub(super) fn read(self, ctx: &Context<'_>) -> Envelope<StepOf> {
        let mut reading = Reading::of("fulfilmentPack", &self);
        let Self {
            fulfilment,
            package_count,
            weight,
            idempotency_key,
        } = self;
        let path = Path::input();
        let check = &mut reading.check;
        let packages = package_count
            .map(|count| check.whole(path.at("packageCount"), count, (1, PACKAGES_MAX)));
        let weight = weight.map(|weight| check.positive_quantity(path.at("weight"), &weight.0));
        let deed = Deed::Pack {
            package_count: packages,
            weight,
        };
        step(ctx, reading, (fulfilment, idempotency_key), deed)
    }
}

/// Which fulfilment arrived, and when.
#[derive(InputObject)]
pub struct FulfilmentDeliverInput {
    /// The fulfilment; a shipped one.
    fulfilment: FulfilmentReference,
    /// The day it arrived; today when left out, never in the future, not before it was shipped.
    delivered_on: Option<Date>,
    /// A key of your own: the same key and input is done once, however often it is sent.
    idempotency_key: Option<String>,
}

impl FulfilmentDeliverInput {
    pub(super) fn read(self, ctx: &Context<'_>) -> Envelope<StepOf> {
        let mut reading = Reading::of("fulfilmentDeliver", &self);
        let Self {
            fulfilment,
            delivered_on,
            idempotency_key,
        } = self;
        let today = company(ctx).day(clock::now());
        let path = Path::input().at("deliveredOn");
        let on = delivered_on.map(|day| day.0);
        let on = reading.check.past_day(path, on, today);
        step(
            ctx,
            reading,
            (fulfilment, idempotency_key),
            Deed::Deliver { on },
        )
    }
}

/// What of a fulfilment is to change; what is left out stays as it is.
#[derive(InputObject)]
pub struct FulfilmentUpdateInput {
    /// The fulfilment; any that is not cancelled.
    fulfilment: FulfilmentReference,
    /// The version it must have; any when left out.
    expected_version: Option<i64>,
    /// Who carries the goods, at most 200 characters; null takes it away.
    carrier: MaybeUndefined<String>,
    /// The carrier's number for them, at most 64 characters; null takes it away.
    tracking_number: MaybeUndefined<String>,
    /// Where the carrier tells how far they are: a link that begins with https:// or http://, at
    /// most 500 characters; null takes it away.
    tracking_url: MaybeUndefined<String>,
    /// The id your own system knows it by, unique among fulfilments; null takes it away.
    external_id: MaybeUndefined<String>,
    /// Other metadata, in place of all before; null takes it away.
    metadata: MaybeUndefined<Json<Value>>,
    /// A key of your own: the same key and input is done once, however often it is sent.
    idempotency_key: Option<String>,
}

impl FulfilmentUpdateInput {
    pub(super) fn read(self, ctx: &Context<'_>) -> Envelope<StepOf> {
        let mut reading = Reading::of("fulfilmentUpdate", &self);
        let Self {
            fulfilment,
            expected_version,
            carrier,
            tracking_number,
            tracking_url,
            external_id,
            metadata,
            idempotency_key,
        } = self;
        let path = Path::input();
        let carrier = reading.optional(carrier, |reading, text| {
            let path = path.at("carrier");
            reading.check.text(path, &text, NAME_LENGTH_MAX)
        });
        let tracking_number = reading.optional(tracking_number, |reading, text| {
            let path = path.at("trackingNumber");
            reading.check.text(path, &text, CODE_LENGTH_MAX)
        });
        let tracking_url = reading.optional(tracking_url, |reading, link| {
            read_link(&mut reading.check, &link)
        });
        let deed = Deed::Update {
            carrier,
            tracking_number,
            tracking_url,
            external_id: reading.new_external_id(external_id),
            metadata: reading.new_metadata(metadata),
        };
        let mut envelope = step(ctx, reading, (fulfilment, idempotency_key), deed);
        envelope.command.expected_version = expected_version;
        envelope
    }
}
