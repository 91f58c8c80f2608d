//! From aged crops to pictures: paste-back, tiles, strips, grids, sweeps, saving.
