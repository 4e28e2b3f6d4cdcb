//! What must hold of transfers: pure.

use entity::stock::{stock_transfer, stock_transfer_line};
use entity::vocab::{Quantity, StockTransferLineId, StockTransferStatus};

use crate::catalog::product::store::CountedVariant;
use crate::platform::input::check_unit;
use crate::platform::rejection::{Path, Problem, Rejection};

/// What became of goods on their way, as the caller says.
#[derive(Clone, Copy, Debug)]
pub struct ArrivedLine {
    /// The transfer line; none when its id was not readable.
    pub line_id: Option<StockTransferLineId>,
    /// What arrived.
    pub received: Quantity,
    /// What was lost on the way.
    pub lost: Quantity,
    /// What came back to where it was sent from.
    pub returned: Quantity,
}

/// The transfer must be in the wanted state.
///
/// # Errors
/// What can be done instead.
pub fn check_status(
    transfer: &stock_transfer::Model,
    wanted: StockTransferStatus,
) -> Result<(), Rejection> {
    if transfer.status == wanted {
        return Ok(());
    }
    let (allowed, message): (&'static [&'static str], &str) = match transfer.status {
        StockTransferStatus::Draft => (
            &["stockTransferDispatch", "stockTransferCancel"],
            "This transfer has not been dispatched yet.",
        ),
        StockTransferStatus::InTransit => (
            &["stockTransferReceive"],
            "This transfer is on its way; receive it.",
        ),
        StockTransferStatus::Closed => (&[], "Everything of this transfer is accounted for."),
        StockTransferStatus::Cancelled => (&[], "This transfer is cancelled."),
    };
    let state = transfer.status.as_str();
    let problem = Problem::InvalidState {
        state,
        allowed,
        message: message.to_owned(),
    };
    Err(Rejection::new(Path::input().at("stockTransfer"), problem))
}

/// What of a line is still on its way.
#[must_use]
pub fn on_its_way(line: &stock_transfer_line::Model) -> Quantity {
    Quantity(line.dispatched.0 - line.received.0 - line.lost.0 - line.returned.0)
}

/// What arrives with each line; without a word from the caller, all of it.
///
/// # Errors
/// Everything that is wrong, all at once.
pub fn arrivals(
    lines: &[stock_transfer_line::Model],
    said: Option<&[ArrivedLine]>,
    variants: &[CountedVariant],
) -> Result<Vec<(usize, ArrivedLine)>, Vec<Rejection>> {
    let Some(said) = said else {
        let all = lines.iter().enumerate().map(|(index, line)| {
            let (lost, returned) = (Quantity::ZERO, Quantity::ZERO);
            let line_id = Some(line.id);
            (
                index,
                ArrivedLine {
                    line_id,
                    received: on_its_way(line),
                    lost,
                    returned,
                },
            )
        });
        return Ok(all
            .filter(|(_, arrived)| arrived.received.is_positive())
            .collect());
    };
    let mut rejections = Vec::new();
    let mut arrivals: Vec<(usize, ArrivedLine)> = Vec::new();
    for (place, arrived) in said.iter().enumerate() {
        let path = Path::input().at("lines").at(place);
        let Some(line_id) = arrived.line_id else {
            continue;
        };
        let Some(index) = lines.iter().position(|line| line.id == line_id) else {
            let problem = Problem::NotFound("line of this transfer");
            rejections.push(Rejection::new(path.at("line"), problem));
            continue;
        };
        if arrivals.iter().any(|(earlier, _)| *earlier == index) {
            let message = "This line is named twice; say everything about it at once.";
            rejections.push(Rejection::invalid(path.at("line"), message));
            continue;
        }
        rejections.extend(check_line(&lines[index], arrived, variants, &path));
        arrivals.push((index, *arrived));
    }
    if rejections.is_empty() {
        Ok(arrivals)
    } else {
        Err(rejections)
    }
}

fn check_line(
    line: &stock_transfer_line::Model,
    arrived: &ArrivedLine,
    variants: &[CountedVariant],
    path: &Path,
) -> Vec<Rejection> {
    let parts = [
        ("received", arrived.received),
        ("lost", arrived.lost),
        ("returned", arrived.returned),
    ];
    let mut rejections = Vec::new();
    if let Some(counted) = variants
        .iter()
        .find(|row| row.variant.id == line.variant_id)
    {
        for (field, quantity) in parts {
            rejections.extend(check_unit(&path.at(field), quantity, &counted.unit).err());
        }
    }
    let sum: i64 = parts.iter().map(|(_, quantity)| quantity.0).sum();
    let open = on_its_way(line);
    if sum == 0 {
        let message = "Nothing is said of this line; leave it out, or say what became of it.";
        rejections.push(Rejection::invalid(path.at("received"), message));
    } else if sum > open.0 {
        let message = format!("Only {open} of this line are on their way.");
        rejections.push(Rejection::invalid(path.at("received"), message));
    }
    rejections
}
