import { writeFileSync } from 'node:fs';
import { compileRows, rowCodeFile, rowCodeModule } from './rows/code.ts';

/** Compiles the row parser into the file that the program carries. To be run after every change of its source. */
writeFileSync(rowCodeFile, rowCodeModule(await compileRows()));
