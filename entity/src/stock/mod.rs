//! Where goods are, and to whom they are promised.

pub mod commitment;
pub mod cost_layer;
pub mod reservation;
pub mod stock_adjustment;
pub mod stock_adjustment_line;
pub mod stock_alert;
pub mod stock_count;
pub mod stock_count_line;
pub mod stock_day;
pub mod stock_hold;
pub mod stock_hold_line;
pub mod stock_level;
pub mod stock_movement;
pub mod stock_settings;
pub mod stock_transfer;
pub mod stock_transfer_line;
pub mod supply;
pub mod warehouse;
