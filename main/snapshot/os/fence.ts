/** A module whose one exported function is the instruction `atomic.fence`. */
const fenceModule = new Uint8Array([
  0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00, 0x01, 0x04, 0x01, 0x60, 0x00, 0x00, 0x03, 0x02,
  0x01, 0x00, 0x07, 0x05, 0x01, 0x01, 0x66, 0x00, 0x00, 0x0a, 0x07, 0x01, 0x05, 0x00, 0xfe, 0x03,
  0x00, 0x0b,
]);

interface WasmRuntime {
  readonly Module: new (bytes: Uint8Array) => object;
  readonly Instance: new (module: object) => { readonly exports: { readonly f: () => void } };
}

/** Neither ES2023 nor Node's types declare WebAssembly's constructors. */
const { WebAssembly: wasm } = globalThis as unknown as { readonly WebAssembly: WasmRuntime };

/**
 * A full memory fence. JavaScript has none: `Atomics.store` on some other buffer only releases,
 * so a later plain store may still pass it on ARM64.
 */
export const fence = new wasm.Instance(new wasm.Module(fenceModule)).exports.f;
