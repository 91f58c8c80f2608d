//! Building blocks that candle lacks or does slowly on the CPU.
