//! Every command of the model, how often it is drawn, and what plays it.

use super::player::Player;
use super::{billing, buying, editing, payments, receiving, returns, selling, shelf, shipping};

/// Mutations that the model plays, and how often of the sum of all.
pub const COMMANDS: &[(&str, usize)] = &[
    ("creditNotePost", 3),
    ("customerReturnApprove", 4),
    ("customerReturnCancel", 1),
    ("customerReturnClose", 2),
    ("customerReturnCredit", 4),
    ("customerReturnInspect", 5),
    ("customerReturnReceive", 5),
    ("customerReturnReject", 1),
    ("customerReturnRequest", 6),
    ("fulfilmentCancel", 2),
    ("fulfilmentCreate", 6),
    ("fulfilmentDeliver", 2),
    ("fulfilmentPack", 2),
    ("fulfilmentPick", 2),
    ("fulfilmentShip", 11),
    ("goodsReceiptPost", 5),
    ("goodsReceiptReverse", 3),
    ("invoicePost", 9),
    ("openItemWriteOff", 2),
    ("paymentAllocate", 4),
    ("paymentDeallocate", 3),
    ("paymentPost", 6),
    ("paymentReverse", 2),
    ("purchaseOrderApprove", 4),
    ("purchaseOrderCancel", 1),
    ("purchaseOrderClose", 2),
    ("purchaseOrderConfirm", 1),
    ("purchaseOrderCreate", 6),
    ("purchaseOrderDelete", 1),
    ("purchaseOrderReceive", 8),
    ("purchaseOrderReject", 1),
    ("purchaseOrderSend", 6),
    ("purchaseOrderSubmit", 6),
    ("purchaseOrderUpdate", 1),
    ("salesOrderCancel", 3),
    ("salesOrderClose", 2),
    ("salesOrderConfirm", 4),
    ("salesOrderCreate", 4),
    ("salesOrderDelete", 1),
    ("salesOrderHold", 1),
    ("salesOrderPlace", 12),
    ("salesOrderPrioritize", 3),
    ("salesOrderReleaseHold", 3),
    ("salesOrderUpdate", 6),
    ("stockAdjust", 6),
    ("stockAdjustReverse", 3),
    ("stockHoldConvert", 2),
    ("stockHoldCreate", 4),
    ("stockHoldExtend", 1),
    ("stockHoldRelease", 2),
    ("stockTransferCancel", 1),
    ("stockTransferCreate", 5),
    ("stockTransferDispatch", 4),
    ("stockTransferReceive", 5),
];

/// Mutations that the model does not play, and why.
pub const EXCEPTIONS: &[(&str, &str)] = &[
    ("apiTokenCreate", PEOPLE),
    ("apiTokenRevoke", PEOPLE),
    ("batch", "its commands are played by themselves"),
    ("categoryCreate", MASTER),
    ("categoryUpdate", MASTER),
    ("companySettingsUpdate", SETTING),
    ("customerArchive", MASTER),
    ("customerCreate", MASTER),
    ("customerGroupArchive", MASTER),
    ("customerGroupCreate", MASTER),
    ("customerGroupUpdate", MASTER),
    ("customerUpdate", MASTER),
    ("exchangeRateSet", SETTING),
    ("fulfilmentUpdate", "carrier and tracking alone"),
    ("passwordChange", PEOPLE),
    ("paymentTermsArchive", MASTER),
    ("paymentTermsCreate", MASTER),
    ("paymentTermsUpdate", MASTER),
    ("periodLock", SETTING),
    ("periodReopen", SETTING),
    ("priceListArchive", MASTER),
    ("priceListCreate", MASTER),
    ("priceListItemsSet", MASTER),
    ("priceListUpdate", MASTER),
    ("productCreate", MASTER),
    ("productUpdate", MASTER),
    ("productVariantArchive", MASTER),
    (
        "productVariantChangeCosting",
        "what it takes is in tests/it/stock/costing.rs",
    ),
    ("productVariantCreate", MASTER),
    ("productVariantUpdate", MASTER),
    ("purchaseApprovalTiersSet", SETTING),
    ("sessionCreate", PEOPLE),
    ("sessionEnd", PEOPLE),
    ("sessionRefresh", PEOPLE),
    ("stockCountCancel", COUNTING),
    ("stockCountCreate", COUNTING),
    ("stockCountFinish", COUNTING),
    ("stockCountPost", COUNTING),
    ("stockCountRecord", COUNTING),
    ("stockPolicySet", ALERTS),
    ("supplierArchive", MASTER),
    ("supplierCreate", MASTER),
    ("supplierItemArchive", MASTER),
    ("supplierItemCreate", MASTER),
    ("supplierItemUpdate", MASTER),
    ("supplierUpdate", MASTER),
    ("taxClassArchive", MASTER),
    ("taxClassCreate", MASTER),
    ("taxRateSet", SETTING),
    ("userCreate", PEOPLE),
    ("userDisable", PEOPLE),
    ("userEnable", PEOPLE),
    ("userSessionsEnd", PEOPLE),
    ("userSetPassword", PEOPLE),
    ("userUpdate", PEOPLE),
    ("warehouseArchive", MASTER),
    ("warehouseCreate", MASTER),
    ("warehouseUpdate", MASTER),
];

const ALERTS: &str =
    "moves nothing; tests/it/stock/alerts_at_once.rs has a model of what it raises";
const MASTER: &str = "a master record: posts nothing, and changes no document";
const COUNTING: &str = "has a model of its own, tests/it/stock/counts_at_once.rs";
const PEOPLE: &str = "who may do what: posts nothing";
const SETTING: &str = "a setting for what is posted later: posts nothing itself";

/// Plays a command, drawn by chance.
pub async fn play_any(p: &mut Player) {
    let sum = COMMANDS.iter().map(|(_, weight)| weight).sum();
    let mut drawn = p.dice.below(sum);
    for (name, weight) in COMMANDS {
        if drawn < *weight {
            return play(p, name).await;
        }
        drawn -= weight;
    }
}

/// Plays a command, with arguments drawn by chance.
pub async fn play(p: &mut Player, name: &str) {
    match name {
        "goodsReceiptPost" => receiving::post(p).await,
        "goodsReceiptReverse" => receiving::reverse(p).await,
        "stockAdjust" => shelf::adjust(p).await,
        "stockAdjustReverse" => shelf::reverse(p).await,
        "stockHoldConvert" => selling::convert(p).await,
        "stockHoldCreate" => shelf::hold(p).await,
        "stockHoldExtend" => shelf::extend(p).await,
        "stockHoldRelease" => shelf::release(p).await,
        "stockTransferCancel" => shelf::cancel(p).await,
        "stockTransferCreate" => shelf::transfer(p).await,
        "stockTransferDispatch" => shelf::dispatch(p).await,
        "stockTransferReceive" => shelf::receive(p).await,
        name if name.starts_with("purchaseOrder") => play_buying(p, name).await,
        name if name.starts_with("salesOrder") => play_selling(p, name).await,
        name if name.starts_with("customerReturn") => play_returns(p, name).await,
        _ => play_serving(p, name).await,
    }
}

async fn play_buying(p: &mut Player, name: &str) {
    match name {
        "purchaseOrderApprove" => buying::approve(p).await,
        "purchaseOrderCancel" => buying::cancel(p).await,
        "purchaseOrderClose" => buying::close(p).await,
        "purchaseOrderConfirm" => buying::confirm(p).await,
        "purchaseOrderCreate" => buying::create(p).await,
        "purchaseOrderDelete" => buying::delete(p).await,
        "purchaseOrderReceive" => receiving::receive(p).await,
        "purchaseOrderReject" => buying::reject(p).await,
        "purchaseOrderSend" => buying::send(p).await,
        "purchaseOrderSubmit" => buying::submit(p).await,
        "purchaseOrderUpdate" => buying::update(p).await,
        _ => panic!("nothing plays {name}"),
    }
}

async fn play_selling(p: &mut Player, name: &str) {
    match name {
        "salesOrderCancel" => selling::cancel(p).await,
        "salesOrderClose" => selling::close(p).await,
        "salesOrderConfirm" => selling::confirm(p).await,
        "salesOrderCreate" => selling::create(p).await,
        "salesOrderDelete" => selling::delete(p).await,
        "salesOrderHold" => selling::hold(p).await,
        "salesOrderPlace" => selling::place(p).await,
        "salesOrderPrioritize" => selling::prioritize(p).await,
        "salesOrderReleaseHold" => selling::release(p).await,
        "salesOrderUpdate" => editing::update(p).await,
        _ => panic!("nothing plays {name}"),
    }
}

async fn play_returns(p: &mut Player, name: &str) {
    match name {
        "customerReturnApprove" => returns::approve(p).await,
        "customerReturnCancel" => returns::cancel(p).await,
        "customerReturnClose" => returns::close(p).await,
        "customerReturnCredit" => returns::credit(p).await,
        "customerReturnInspect" => returns::inspect(p).await,
        "customerReturnReceive" => returns::receive(p).await,
        "customerReturnReject" => returns::reject(p).await,
        "customerReturnRequest" => returns::request(p).await,
        _ => panic!("nothing plays {name}"),
    }
}

async fn play_serving(p: &mut Player, name: &str) {
    match name {
        "creditNotePost" => billing::credit(p).await,
        "fulfilmentCancel" => shipping::cancel(p).await,
        "fulfilmentCreate" => shipping::create(p).await,
        "fulfilmentDeliver" => shipping::deliver(p).await,
        "fulfilmentPack" => shipping::pack(p).await,
        "fulfilmentPick" => shipping::pick(p).await,
        "fulfilmentShip" => shipping::ship(p).await,
        "invoicePost" => billing::post(p).await,
        "openItemWriteOff" => payments::write_off(p).await,
        "paymentAllocate" => payments::allocate(p).await,
        "paymentDeallocate" => payments::deallocate(p).await,
        "paymentPost" => payments::post(p).await,
        "paymentReverse" => payments::reverse(p).await,
        _ => panic!("nothing plays {name}"),
    }
}
