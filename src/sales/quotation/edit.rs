//! What becomes of an order that is changed: pure.

use std::collections::BTreeSet;

use chrono::NaiveDate;
use entity::sales::{sales_order, sales_order_line};
use entity::vocab::{
    CurrencyCode, PriceSource, Quantity, RecordStatus, SalesOrderLineId, SalesOrderStatus,
};

use super::command::{ChangeLine, UpdateOrder};
use super::difference::{Difference, differences};
use super::reprice::{check_validity, take_quote};
use crate::accounts::exchange_rate::rules::latest;
use crate::catalog::price_list::rules::Quote;
use crate::catalog::product::store::CountedVariant;
use crate::platform::input::{LINES_MAX, check_unit, total_quantity};
use crate::platform::master;
use crate::platform::reference::{self, Reference};
use crate::platform::rejection::{Path, Problem, Rejection};
use crate::sales::order::document::{self, NewLine};
use crate::sales::order::places::{self, Places, Purpose, Route};
use crate::sales::order::pricing::{self, Frame, PricedLine, References};
use crate::sales::order::rules::Facts;
use crate::sales::order::sourcing::Wanted;

/// An order as it will be.
pub struct Revised {
    /// The order.
    pub order: sales_order::Model,
    /// All lines that changed or are new.
    pub written: Vec<sales_order_line::Model>,
    /// Lines of a draft that go.
    pub deleted: Vec<SalesOrderLineId>,
    /// What a confirmed order wants more and less.
    pub differences: Vec<Difference>,
}

/// What the decision is about.
pub struct Loaded<'l> {
    /// The order.
    pub order: &'l sales_order::Model,
    /// Its lines.
    pub lines: &'l [sales_order_line::Model],
    /// What it depends on.
    pub facts: &'l Facts,
    /// What old and new lines refer to.
    pub found: &'l References,
    /// The company's currency.
    pub base: CurrencyCode,
    /// The day that new prices of a confirmed order are looked up for.
    pub today: NaiveDate,
}

/// Reckons the order as it will be.
///
/// # Errors
/// Everything that is wrong with the change, all at once.
pub fn revise(loaded: &Loaded<'_>, command: &UpdateOrder) -> Result<Revised, Vec<Rejection>> {
    let mut revision = Revision {
        loaded,
        command,
        rejections: Vec::new(),
    };
    revision.check_state();
    let Some((mut order, frame)) = revision.header() else {
        return Err(revision.rejections);
    };
    let mut lines = revision.kept(frame);
    let deleted = revision.removed(&mut lines);
    let known = loaded.lines.iter().map(|line| line.position).max();
    let (new, wanted) = revision.added(frame, known.unwrap_or(0));
    lines.extend(new);
    let live = || lines.iter().filter(|(line, _)| !line.quantity.is_zero());
    let count = live().count();
    if count == 0 || count > LINES_MAX {
        let message = format!(
            "An order has 1 to {LINES_MAX} lines. Delete, cancel or close it instead of emptying \
             it."
        );
        revision
            .rejections
            .push(Rejection::invalid(Path::input().at("removeLines"), message));
    }
    revision.check_sums(&order, live().map(|(line, _)| line), frame);
    if !revision.rejections.is_empty() {
        return Err(revision.rejections);
    }
    let differences = differences(loaded, command, &lines, &wanted);
    let written: Vec<sales_order_line::Model> = lines.into_iter().map(|(line, _)| line).collect();
    document::sum_up(&mut order, &written);
    let written = if command.is_about_lines() || command.customer.is_some() {
        written
    } else {
        changed(written, loaded.lines)
    };
    Ok(Revised {
        order,
        written,
        deleted,
        differences,
    })
}

fn changed(
    lines: Vec<sales_order_line::Model>,
    before: &[sales_order_line::Model],
) -> Vec<sales_order_line::Model> {
    let is_new = |line: &sales_order_line::Model| !before.contains(line);
    lines.into_iter().filter(is_new).collect()
}

/// A line as it will be, and its place in the input.
pub(super) type Line = (sales_order_line::Model, Path);

struct Revision<'l> {
    loaded: &'l Loaded<'l>,
    command: &'l UpdateOrder,
    rejections: Vec<Rejection>,
}

impl Revision<'_> {
    fn is_draft(&self) -> bool {
        self.loaded.order.status == SalesOrderStatus::Draft
    }

    fn check_state(&mut self) {
        if !self.is_draft() {
            for field in self.command.of_drafts() {
                let problem = Problem::InvalidState {
                    state: self.loaded.order.status.as_str(),
                    allowed: &["salesOrderCancel", "salesOrderCreate"],
                    message: "This changes only while the order is a draft. Cancel it and make \
                        another one."
                        .to_owned(),
                };
                self.rejections
                    .push(Rejection::new(Path::input().at(field), problem));
            }
        }
        if self.command.is_about_lines()
            && let Err(problem) = self.loaded.facts.edit_lines()
        {
            let path = Path::input().at("salesOrder");
            self.rejections.push(Rejection::new(path, problem));
        }
    }

    /// The order without its sums, and what its lines are priced by.
    fn header(&mut self) -> Option<(sales_order::Model, Frame)> {
        let (loaded, command) = (self.loaded, self.command);
        let mut order = loaded.order.clone();
        let path = Path::input().at("customer");
        let own = Reference::Id(order.customer_id);
        let named = command.customer.as_ref().unwrap_or(&own);
        let buyer = match &command.customer {
            Some(named) => master::usable(&loaded.found.buyers, named, &path),
            None => reference::find(&loaded.found.buyers, named, &path),
        };
        let buyer = match buyer {
            Ok(buyer) => buyer,
            Err(reason) => {
                self.rejections.extend(reason);
                return None;
            }
        };
        order.customer_id = buyer.customer.id;
        order.date = command.date.unwrap_or(order.date);
        let with_tax = command.prices_include_tax;
        order.prices_include_tax = with_tax.unwrap_or(order.prices_include_tax);
        let day = if self.is_draft() {
            order.date
        } else {
            loaded.today
        };
        let mut frame = Frame::of(buyer, loaded.base, day, order.prices_include_tax);
        self.exchange(&mut order, &mut frame);
        self.details(&mut order);
        Some((order, frame))
    }

    /// The currency is the customer's when the order is given to it, and stays so.
    fn exchange(&mut self, order: &mut sales_order::Model, frame: &mut Frame) {
        if self.command.customer.is_none() {
            let own = CurrencyCode::parse(&order.currency);
            frame.currency = own.unwrap_or(frame.currency);
        }
        let is_same = order.currency == frame.currency.code();
        let own = Some(order.exchange_rate).filter(|_| is_same);
        let of_day = latest(
            &self.loaded.found.exchange_rates,
            frame.currency.code(),
            order.date,
        );
        let given = self.command.exchange_rate.or(own).or(of_day);
        frame.currency.code().clone_into(&mut order.currency);
        match pricing::exchange_rate(given, frame.currency, frame.base) {
            Ok(rate) => order.exchange_rate = rate,
            Err(reason) => self.rejections.push(reason),
        }
    }

    fn details(&mut self, order: &mut sales_order::Model) {
        let command = self.command.clone();
        set(&mut order.valid_until, command.valid_until);
        set(&mut order.customer_reference, command.customer_reference);
        set(
            &mut order.requested_delivery_on,
            command.requested_delivery_on,
        );
        set(&mut order.shipping_address, command.shipping_address);
        set(&mut order.billing_address, command.billing_address);
        set(&mut order.note, command.note);
        set(&mut order.metadata, command.metadata);
        if let Some(wanted) = command.external_id {
            let rivals = &self.loaded.found.rivals;
            let taken = pricing::external_id_taken(wanted.as_deref(), Some(order.id), rivals);
            self.rejections.extend(taken);
            order.external_id = wanted;
        }
        if self.is_draft() {
            self.rejections
                .extend(check_validity(order.valid_until, order.date));
        }
    }

    fn counted(&self, line: &sales_order_line::Model) -> Option<&CountedVariant> {
        let variants = &self.loaded.found.variants;
        variants
            .iter()
            .find(|row| row.variant.id == line.variant_id)
    }

    /// The lines there are, as they will be.
    fn kept(&mut self, frame: Frame) -> Vec<Line> {
        let mut seen = BTreeSet::new();
        for (index, change) in self.command.change.iter().enumerate() {
            let path = Path::input().at("changeLines").at(index).at("line");
            self.check_line_id(change.line_id, path, &mut seen);
        }
        let live = self
            .loaded
            .lines
            .iter()
            .filter(|line| !line.quantity.is_zero());
        let lines: Vec<_> = live.cloned().collect();
        let with_place = lines.into_iter().map(|line| {
            let named = |change: &ChangeLine| change.line_id == Some(line.id);
            let index = self.command.change.iter().position(named);
            (line, index)
        });
        let with_place: Vec<_> = with_place.collect();
        with_place
            .into_iter()
            .map(|(line, index)| self.kept_line(line, index, frame))
            .collect()
    }

    fn check_line_id(
        &mut self,
        id: Option<SalesOrderLineId>,
        path: Path,
        seen: &mut BTreeSet<SalesOrderLineId>,
    ) {
        let Some(id) = id else { return };
        let is_live = |line: &&sales_order_line::Model| !line.quantity.is_zero();
        let mut live = self.loaded.lines.iter().filter(is_live);
        if !live.any(|line| line.id == id) {
            let problem = Problem::NotFound("line of this order");
            self.rejections.push(Rejection::new(path, problem));
        } else if !seen.insert(id) {
            let message = "This line is named twice; say everything about it at once.";
            self.rejections.push(Rejection::invalid(path, message));
        }
    }

    fn kept_line(
        &mut self,
        mut line: sales_order_line::Model,
        index: Option<usize>,
        frame: Frame,
    ) -> Line {
        let path = match index {
            Some(index) => Path::input().at("changeLines").at(index),
            None => Path::input().at("salesOrder"),
        };
        let change = index.map(|index| &self.command.change[index]);
        let Some(counted) = self.counted(&line).cloned() else {
            return (line, path);
        };
        if let Some(change) = change {
            self.change_line(&mut line, change, &counted, &path);
        }
        let own_price = change.and_then(|change| change.unit_price);
        let is_given = line.price_source == PriceSource::Given && own_price != Some(None);
        let is_anew = self.command.reprice || self.command.customer.is_some();
        if let Some(Some(price)) = own_price {
            take_quote(&mut line, Quote::given(price));
        } else if own_price == Some(None) || (is_anew && !is_given) {
            match frame.quote(&self.loaded.found.prices, &counted, line.quantity) {
                Some(quote) => take_quote(&mut line, quote),
                None => {
                    let path = match own_price {
                        Some(None) => path.at("unitPrice"),
                        _ => path.clone(),
                    };
                    self.rejections
                        .push(pricing::no_price(path, &counted, frame));
                }
            }
        }
        if self.is_draft() || self.command.reprice {
            let tax = frame.tax(&self.loaded.found.tax_rates, &counted);
            (line.tax_class_id, line.tax_rate) = (tax.class, tax.rate);
        }
        self.reckon(&mut line, frame, path.at("quantity"));
        (line, path)
    }

    fn change_line(
        &mut self,
        line: &mut sales_order_line::Model,
        change: &ChangeLine,
        counted: &CountedVariant,
        path: &Path,
    ) {
        if let Some(quantity) = change.quantity {
            let refused = check_unit(&path.at("quantity"), quantity, &counted.unit).err();
            self.rejections.extend(refused);
            let is_more = quantity > line.quantity;
            if is_more && counted.variant.status == RecordStatus::Archived {
                let problem = Problem::Archived("variant");
                self.rejections
                    .push(Rejection::new(path.at("line"), problem));
            }
            line.quantity = quantity;
        }
        line.discount_rate = change.discount_rate.unwrap_or(line.discount_rate);
        set(&mut line.description, change.description.clone());
        let Some(wanted) = &change.warehouse else {
            return;
        };
        let path = path.at("warehouse");
        if !self.is_draft() || !line.is_stock_tracked {
            let message = "The warehouse of a line changes only while the order is a draft, and of \
                goods only. Take the line off, and add it again.";
            self.rejections.push(Rejection::invalid(path, message));
            return;
        }
        let found = self.loaded.found;
        let (route, _) = Route::of(None, true, found);
        let policy = (self.command.on_shortage, Purpose::Offer, &route);
        match wanted
            .as_ref()
            .map(|named| places::places(policy, Some(named), &path, found))
        {
            None => line.warehouse_id = None,
            Some(Ok(places)) => line.warehouse_id = places.own,
            Some(Err(reason)) => self.rejections.extend(reason),
        }
    }

    fn reckon(&mut self, line: &mut sales_order_line::Model, frame: Frame, path: Path) {
        match pricing::amounts_of(line, frame.prices_include_tax, frame.currency) {
            Some(amounts) => {
                (line.net, line.tax, line.gross) = (amounts.net, amounts.tax, amounts.gross);
            }
            None => {
                let message = "The line's amount is too large.";
                self.rejections.push(Rejection::invalid(path, message));
            }
        }
    }

    /// Takes lines off: those of a draft go, those of an order stay with nothing, for the ledgers
    /// refer to them.
    fn removed(&mut self, lines: &mut Vec<Line>) -> Vec<SalesOrderLineId> {
        let changed = self
            .command
            .change
            .iter()
            .filter_map(|change| change.line_id);
        let mut seen: BTreeSet<SalesOrderLineId> = changed.collect();
        let mut removed = BTreeSet::new();
        for (index, id) in self.command.remove.iter().enumerate() {
            let path = Path::input().at("removeLines").at(index);
            self.check_line_id(*id, path, &mut seen);
            removed.extend(*id);
        }
        if self.is_draft() {
            lines.retain(|(line, _)| !removed.contains(&line.id));
            return removed.into_iter().collect();
        }
        for (line, _) in lines
            .iter_mut()
            .filter(|(line, _)| removed.contains(&line.id))
        {
            line.quantity = Quantity::ZERO;
            (line.net, line.tax, line.gross) = Default::default();
        }
        Vec::new()
    }

    /// New lines, and what each wants and from where.
    fn added(&mut self, frame: Frame, last: i32) -> (Vec<Line>, Vec<Wanted>) {
        let is_named = self.command.warehouse.is_some();
        let sourcing = self.command.sourcing.as_ref();
        let (route, refused) = Route::of(sourcing, is_named, self.loaded.found);
        self.rejections.extend(refused);
        let mut priced_lines: Vec<PricedLine> = Vec::new();
        let mut accepted: Vec<NewLine> = Vec::new();
        let mut paths = Vec::new();
        for (index, line) in self.command.add.iter().enumerate() {
            let path = Path::input().at("addLines").at(index);
            match pricing::price_line(line, &path, self.loaded.found, Some(frame)) {
                Ok((mut priced, problems)) => {
                    self.rejections.extend(problems);
                    let places = self.new_places((line, &path), &route, priced.is_stock_tracked);
                    let refused = pricing::place_line(&mut priced, line, places, &path);
                    self.rejections.extend(refused);
                    priced_lines.push(priced);
                    accepted.push(line.clone());
                    paths.push(path);
                }
                Err(reason) => self.rejections.extend(reason),
            }
        }
        let of_order = (accepted.as_slice(), priced_lines.as_slice());
        let rows = document::line_rows(self.loaded.order.id, of_order, last);
        let wanted = priced_lines.into_iter().map(|line| line.wanted);
        (rows.into_iter().zip(paths).collect(), wanted.collect())
    }

    fn new_places(
        &mut self,
        (line, path): (&NewLine, &Path),
        route: &Route,
        is_goods: bool,
    ) -> Places {
        let purpose = if self.is_draft() || !is_goods {
            Purpose::Offer
        } else {
            Purpose::Reserve
        };
        let policy = (self.command.on_shortage, purpose, route);
        let (named, path) = match &line.warehouse {
            Some(named) => (Some(named), path.at("warehouse")),
            None => (
                self.command.warehouse.as_ref(),
                Path::input().at("warehouse"),
            ),
        };
        places::places(policy, named, &path, self.loaded.found).unwrap_or_else(|reason| {
            let said = |one: &Rejection| !self.rejections.contains(one);
            self.rejections.extend(reason.filter(said));
            Places::none()
        })
    }

    fn check_sums<'a>(
        &mut self,
        order: &sales_order::Model,
        lines: impl Iterator<Item = &'a sales_order_line::Model> + Clone,
        frame: Frame,
    ) {
        let amounts: Vec<entity::vocab::LineAmounts> = lines
            .clone()
            .map(|line| entity::vocab::LineAmounts {
                net: line.net,
                tax: line.tax,
                gross: line.gross,
            })
            .collect();
        let rate = Some(order.exchange_rate);
        let sums = pricing::add_up(amounts.iter(), rate, frame.base);
        if sums.is_none() || total_quantity(lines.map(|line| line.quantity)).is_none() {
            self.rejections
                .push(pricing::too_large(Path::input().at("salesOrder")));
        }
    }
}

fn set<T>(value: &mut Option<T>, change: Option<Option<T>>) {
    if let Some(new) = change {
        *value = new;
    }
}
