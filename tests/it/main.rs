mod architecture;
mod ports;
mod support;
