mod architecture;
mod ports;
