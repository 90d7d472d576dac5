export function missingPieces(resources: string, platform: string, arch: string): string[];
