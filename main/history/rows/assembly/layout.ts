/**
 * Where things lie in the memory: below 64 KiB what the compiler needs, then six columns with room for every row the
 * text can hold, then the text. Behind the text some bytes stay free, for reads beyond the last row.
 */
export const textBytes: i32 = 131072;
/** A row is at least `2025-05-28 14:00:00,1,1,1,1,1` and its newline. */
const shortestRow: i32 = 30;
export const columnRows: i32 = textBytes / shortestRow + 1;
export const columnBytes: usize = <usize>columnRows * 8;
export const columnsAt: usize = 65536;
export const textAt: usize = (columnsAt + 6 * columnBytes + 63) & ~63;
