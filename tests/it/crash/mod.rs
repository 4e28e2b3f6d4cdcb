//! What was acknowledged is there, exactly once; what was not is whole or absent.

mod cut;
mod full;
mod kill;
mod load;
mod outage;
mod stop;
