//! One integration binary: the ports' contracts, the use cases, the API and the pages.

mod architecture;
mod plant;
mod ports;
mod support;
