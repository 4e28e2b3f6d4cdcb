//! The commands that can be part of a batch: all that make, change or post documents.

use async_graphql::{Context, OneofObject, Result, Union};

use crate::accounts::open_item::graphql::{
    OpenItemMutation, OpenItemWriteOffPayload, PaymentAllocatePayload, PaymentDeallocatePayload,
};
use crate::accounts::open_item::inputs::{
    OpenItemWriteOffInput, PaymentAllocateInput, PaymentDeallocateInput,
};
use crate::accounts::payment::graphql::{
    PaymentMutation, PaymentPostPayload, PaymentReversePayload,
};
use crate::accounts::payment::inputs::{PaymentPostInput, PaymentReverseInput};
use crate::purchasing::order::inputs::{
    PurchaseOrderApproveInput, PurchaseOrderCancelInput, PurchaseOrderCloseInput,
    PurchaseOrderConfirmInput, PurchaseOrderCreateInput, PurchaseOrderDeleteInput,
    PurchaseOrderRejectInput, PurchaseOrderSendInput, PurchaseOrderSubmitInput,
    PurchaseOrderUpdateInput,
};
use crate::purchasing::order::life::graphql::{
    PurchaseOrderApprovePayload, PurchaseOrderCancelPayload, PurchaseOrderClosePayload,
    PurchaseOrderConfirmPayload, PurchaseOrderCreatePayload, PurchaseOrderDeletePayload,
    PurchaseOrderMutation, PurchaseOrderRejectPayload, PurchaseOrderSendPayload,
    PurchaseOrderSubmitPayload, PurchaseOrderUpdatePayload,
};
use crate::purchasing::receipt::graphql::{
    GoodsReceiptMutation, GoodsReceiptPostPayload, GoodsReceiptReversePayload,
    PurchaseOrderReceivePayload,
};
use crate::purchasing::receipt::inputs::{
    GoodsReceiptPostInput, GoodsReceiptReverseInput, PurchaseOrderReceiveInput,
};
use crate::sales::credit_note::graphql::{CreditNoteMutation, CreditNotePostPayload};
use crate::sales::credit_note::inputs::CreditNotePostInput;
use crate::sales::customer_return::graphql::{
    CustomerReturnApprovePayload, CustomerReturnCancelPayload, CustomerReturnClosePayload,
    CustomerReturnCreditPayload, CustomerReturnInspectPayload, CustomerReturnMutation,
    CustomerReturnReceivePayload, CustomerReturnRejectPayload, CustomerReturnRequestPayload,
};
use crate::sales::customer_return::inputs::{
    CustomerReturnApproveInput, CustomerReturnCancelInput, CustomerReturnCloseInput,
    CustomerReturnCreditInput, CustomerReturnInspectInput, CustomerReturnReceiveInput,
    CustomerReturnRejectInput, CustomerReturnRequestInput,
};
use crate::sales::fulfilment::graphql::{
    FulfilmentCancelPayload, FulfilmentCreatePayload, FulfilmentDeliverPayload, FulfilmentMutation,
    FulfilmentPackPayload, FulfilmentPickPayload, FulfilmentShipPayload, FulfilmentUpdatePayload,
};
use crate::sales::fulfilment::inputs::{
    FulfilmentCancelInput, FulfilmentCreateInput, FulfilmentDeliverInput, FulfilmentPackInput,
    FulfilmentPickInput, FulfilmentShipInput, FulfilmentUpdateInput,
};
use crate::sales::invoice::graphql::{InvoiceMutation, InvoicePostPayload};
use crate::sales::invoice::inputs::InvoicePostInput;
use crate::sales::order::graphql::{
    SalesOrderCancelPayload, SalesOrderClosePayload, SalesOrderMutation, SalesOrderPlacePayload,
    StockHoldConvertPayload,
};
use crate::sales::order::inputs::{
    SalesOrderCancelInput, SalesOrderCloseInput, SalesOrderPlaceInput, StockHoldConvertInput,
};
use crate::sales::order_hold::graphql::{
    SalesOrderHoldInput, SalesOrderHoldMutation, SalesOrderHoldPayload, SalesOrderReleaseHoldInput,
    SalesOrderReleaseHoldPayload,
};
use crate::sales::quotation::graphql::{
    QuotationMutation, SalesOrderConfirmPayload, SalesOrderCreatePayload, SalesOrderDeletePayload,
    SalesOrderPrioritizePayload, SalesOrderUpdatePayload,
};
use crate::sales::quotation::inputs::{
    SalesOrderConfirmInput, SalesOrderCreateInput, SalesOrderDeleteInput,
    SalesOrderPrioritizeInput, SalesOrderUpdateInput,
};
use crate::stock::adjustment::graphql::{
    StockAdjustPayload, StockAdjustReversePayload, StockAdjustmentMutation,
};
use crate::stock::adjustment::inputs::{StockAdjustInput, StockAdjustReverseInput};
use crate::stock::count::graphql::{
    StockCountCancelPayload, StockCountCreatePayload, StockCountFinishPayload, StockCountMutation,
    StockCountPostPayload, StockCountRecordPayload,
};
use crate::stock::count::inputs::{
    StockCountCancelInput, StockCountCreateInput, StockCountFinishInput, StockCountPostInput,
    StockCountRecordInput,
};
use crate::stock::hold::graphql::{
    StockHoldCreateInput, StockHoldCreatePayload, StockHoldExtendInput, StockHoldExtendPayload,
    StockHoldMutation, StockHoldReleaseInput, StockHoldReleasePayload,
};
use crate::stock::policy::graphql::{StockPolicyMutation, StockPolicySetPayload};
use crate::stock::policy::inputs::StockPolicySetInput;
use crate::stock::transfer::graphql::{
    StockTransferCancelPayload, StockTransferCreatePayload, StockTransferDispatchPayload,
    StockTransferMutation, StockTransferReceivePayload,
};
use crate::stock::transfer::inputs::{
    StockTransferCancelInput, StockTransferCreateInput, StockTransferDispatchInput,
    StockTransferReceiveInput,
};

/// Declares the commands: their inputs, the mutations that carry them out, and their payloads.
macro_rules! commands {
    ($( $name:ident($input:ident) => $root:ident::$run:ident, $payload:ident; )*) => {
        /// One command of a batch: exactly one of these.
        #[derive(OneofObject)]
        pub enum BatchCommandInput {
            $(
                #[doc = concat!("As by the mutation of this name; see `", stringify!($input), "`.")]
                $name($input),
            )*
        }

        /// What one command of a batch brought: the payload of its mutation.
        #[derive(Union)]
        pub enum BatchResult {
            $( $name($payload), )*
        }

        impl BatchCommandInput {
            /// The name of its mutation.
            pub(super) fn name(&self) -> String {
                let name = match self {
                    $( Self::$name(_) => stringify!($name), )*
                };
                let (first, rest) = name.split_at(1);
                first.to_lowercase() + rest
            }

            /// Runs its mutation.
            pub(super) async fn run(self, ctx: &Context<'_>) -> Result<BatchResult> {
                Ok(match self {
                    $(
                        // In a box each, or this future is as large as the largest of them.
                        Self::$name(input) => {
                            BatchResult::$name(Box::pin($root.$run(ctx, input)).await?)
                        }
                    )*
                })
            }
        }
    };
}

commands! {
    SalesOrderCancel(SalesOrderCancelInput) =>
        SalesOrderMutation::sales_order_cancel, SalesOrderCancelPayload;
    SalesOrderClose(SalesOrderCloseInput) =>
        SalesOrderMutation::sales_order_close, SalesOrderClosePayload;
    SalesOrderPlace(SalesOrderPlaceInput) =>
        SalesOrderMutation::sales_order_place, SalesOrderPlacePayload;
    StockHoldConvert(StockHoldConvertInput) =>
        SalesOrderMutation::stock_hold_convert, StockHoldConvertPayload;
    SalesOrderConfirm(SalesOrderConfirmInput) =>
        QuotationMutation::sales_order_confirm, SalesOrderConfirmPayload;
    SalesOrderCreate(SalesOrderCreateInput) =>
        QuotationMutation::sales_order_create, SalesOrderCreatePayload;
    SalesOrderPrioritize(SalesOrderPrioritizeInput) =>
        QuotationMutation::sales_order_prioritize, SalesOrderPrioritizePayload;
    SalesOrderDelete(SalesOrderDeleteInput) =>
        QuotationMutation::sales_order_delete, SalesOrderDeletePayload;
    SalesOrderUpdate(SalesOrderUpdateInput) =>
        QuotationMutation::sales_order_update, SalesOrderUpdatePayload;
    SalesOrderHold(SalesOrderHoldInput) =>
        SalesOrderHoldMutation::sales_order_hold, SalesOrderHoldPayload;
    SalesOrderReleaseHold(SalesOrderReleaseHoldInput) =>
        SalesOrderHoldMutation::sales_order_release_hold, SalesOrderReleaseHoldPayload;
    FulfilmentCancel(FulfilmentCancelInput) =>
        FulfilmentMutation::fulfilment_cancel, FulfilmentCancelPayload;
    FulfilmentCreate(FulfilmentCreateInput) =>
        FulfilmentMutation::fulfilment_create, FulfilmentCreatePayload;
    FulfilmentDeliver(FulfilmentDeliverInput) =>
        FulfilmentMutation::fulfilment_deliver, FulfilmentDeliverPayload;
    FulfilmentPack(FulfilmentPackInput) =>
        FulfilmentMutation::fulfilment_pack, FulfilmentPackPayload;
    FulfilmentPick(FulfilmentPickInput) =>
        FulfilmentMutation::fulfilment_pick, FulfilmentPickPayload;
    FulfilmentShip(FulfilmentShipInput) =>
        FulfilmentMutation::fulfilment_ship, FulfilmentShipPayload;
    FulfilmentUpdate(FulfilmentUpdateInput) =>
        FulfilmentMutation::fulfilment_update, FulfilmentUpdatePayload;
    CustomerReturnApprove(CustomerReturnApproveInput) =>
        CustomerReturnMutation::customer_return_approve, CustomerReturnApprovePayload;
    CustomerReturnCancel(CustomerReturnCancelInput) =>
        CustomerReturnMutation::customer_return_cancel, CustomerReturnCancelPayload;
    CustomerReturnClose(CustomerReturnCloseInput) =>
        CustomerReturnMutation::customer_return_close, CustomerReturnClosePayload;
    CustomerReturnCredit(CustomerReturnCreditInput) =>
        CustomerReturnMutation::customer_return_credit, CustomerReturnCreditPayload;
    CustomerReturnInspect(CustomerReturnInspectInput) =>
        CustomerReturnMutation::customer_return_inspect, CustomerReturnInspectPayload;
    CustomerReturnReceive(CustomerReturnReceiveInput) =>
        CustomerReturnMutation::customer_return_receive, CustomerReturnReceivePayload;
    CustomerReturnReject(CustomerReturnRejectInput) =>
        CustomerReturnMutation::customer_return_reject, CustomerReturnRejectPayload;
    CustomerReturnRequest(CustomerReturnRequestInput) =>
        CustomerReturnMutation::customer_return_request, CustomerReturnRequestPayload;
    InvoicePost(InvoicePostInput) =>
        InvoiceMutation::invoice_post, InvoicePostPayload;
    CreditNotePost(CreditNotePostInput) =>
        CreditNoteMutation::credit_note_post, CreditNotePostPayload;
    PaymentPost(PaymentPostInput) =>
        PaymentMutation::payment_post, PaymentPostPayload;
    PaymentReverse(PaymentReverseInput) =>
        PaymentMutation::payment_reverse, PaymentReversePayload;
    OpenItemWriteOff(OpenItemWriteOffInput) =>
        OpenItemMutation::open_item_write_off, OpenItemWriteOffPayload;
    PaymentAllocate(PaymentAllocateInput) =>
        OpenItemMutation::payment_allocate, PaymentAllocatePayload;
    PaymentDeallocate(PaymentDeallocateInput) =>
        OpenItemMutation::payment_deallocate, PaymentDeallocatePayload;
    PurchaseOrderApprove(PurchaseOrderApproveInput) =>
        PurchaseOrderMutation::purchase_order_approve, PurchaseOrderApprovePayload;
    PurchaseOrderCancel(PurchaseOrderCancelInput) =>
        PurchaseOrderMutation::purchase_order_cancel, PurchaseOrderCancelPayload;
    PurchaseOrderClose(PurchaseOrderCloseInput) =>
        PurchaseOrderMutation::purchase_order_close, PurchaseOrderClosePayload;
    PurchaseOrderConfirm(PurchaseOrderConfirmInput) =>
        PurchaseOrderMutation::purchase_order_confirm, PurchaseOrderConfirmPayload;
    PurchaseOrderCreate(PurchaseOrderCreateInput) =>
        PurchaseOrderMutation::purchase_order_create, PurchaseOrderCreatePayload;
    PurchaseOrderDelete(PurchaseOrderDeleteInput) =>
        PurchaseOrderMutation::purchase_order_delete, PurchaseOrderDeletePayload;
    PurchaseOrderReject(PurchaseOrderRejectInput) =>
        PurchaseOrderMutation::purchase_order_reject, PurchaseOrderRejectPayload;
    PurchaseOrderSend(PurchaseOrderSendInput) =>
        PurchaseOrderMutation::purchase_order_send, PurchaseOrderSendPayload;
    PurchaseOrderSubmit(PurchaseOrderSubmitInput) =>
        PurchaseOrderMutation::purchase_order_submit, PurchaseOrderSubmitPayload;
    PurchaseOrderUpdate(PurchaseOrderUpdateInput) =>
        PurchaseOrderMutation::purchase_order_update, PurchaseOrderUpdatePayload;
    GoodsReceiptPost(GoodsReceiptPostInput) =>
        GoodsReceiptMutation::goods_receipt_post, GoodsReceiptPostPayload;
    GoodsReceiptReverse(GoodsReceiptReverseInput) =>
        GoodsReceiptMutation::goods_receipt_reverse, GoodsReceiptReversePayload;
    PurchaseOrderReceive(PurchaseOrderReceiveInput) =>
        GoodsReceiptMutation::purchase_order_receive, PurchaseOrderReceivePayload;
    StockAdjust(StockAdjustInput) =>
        StockAdjustmentMutation::stock_adjust, StockAdjustPayload;
    StockAdjustReverse(StockAdjustReverseInput) =>
        StockAdjustmentMutation::stock_adjust_reverse, StockAdjustReversePayload;
    StockCountCancel(StockCountCancelInput) =>
        StockCountMutation::stock_count_cancel, StockCountCancelPayload;
    StockCountCreate(StockCountCreateInput) =>
        StockCountMutation::stock_count_create, StockCountCreatePayload;
    StockCountFinish(StockCountFinishInput) =>
        StockCountMutation::stock_count_finish, StockCountFinishPayload;
    StockCountPost(StockCountPostInput) =>
        StockCountMutation::stock_count_post, StockCountPostPayload;
    StockCountRecord(StockCountRecordInput) =>
        StockCountMutation::stock_count_record, StockCountRecordPayload;
    StockHoldCreate(StockHoldCreateInput) =>
        StockHoldMutation::stock_hold_create, StockHoldCreatePayload;
    StockHoldExtend(StockHoldExtendInput) =>
        StockHoldMutation::stock_hold_extend, StockHoldExtendPayload;
    StockHoldRelease(StockHoldReleaseInput) =>
        StockHoldMutation::stock_hold_release, StockHoldReleasePayload;
    StockPolicySet(StockPolicySetInput) =>
        StockPolicyMutation::stock_policy_set, StockPolicySetPayload;
    StockTransferCancel(StockTransferCancelInput) =>
        StockTransferMutation::stock_transfer_cancel, StockTransferCancelPayload;
    StockTransferCreate(StockTransferCreateInput) =>
        StockTransferMutation::stock_transfer_create, StockTransferCreatePayload;
    StockTransferDispatch(StockTransferDispatchInput) =>
        StockTransferMutation::stock_transfer_dispatch, StockTransferDispatchPayload;
    StockTransferReceive(StockTransferReceiveInput) =>
        StockTransferMutation::stock_transfer_receive, StockTransferReceivePayload;
}
