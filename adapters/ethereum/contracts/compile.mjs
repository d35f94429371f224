// node compile.mjs OUTDIR: compiles UstpToken.sol with the solc of package-lock.json and writes
// OUTDIR/UstpToken.json {"abi": […], "bytecode": "0x…", "runtime": "0x…"}. Runs on node 18 and later.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import solc from 'solc';

const here = dirname(fileURLToPath(import.meta.url));
const out = process.argv[2];
if (!out) {
  console.error('usage: node compile.mjs OUTDIR');
  process.exit(2);
}
const file = 'UstpToken.sol';
const input = {
  language: 'Solidity',
  sources: { [file]: { content: readFileSync(join(here, file), 'utf8') } },
  settings: {
    optimizer: { enabled: true, runs: 10000 },
    viaIR: true,
    evmVersion: 'prague',
    metadata: { bytecodeHash: 'none', appendCBOR: false },  // the same source gives the same code on every machine
    outputSelection: { [file]: { '*': ['abi', 'evm.bytecode.object', 'evm.deployedBytecode.object'] } },
  },
};
const result = JSON.parse(solc.compile(JSON.stringify(input)));
const problems = result.errors ?? [];
for (const problem of problems) console.error(problem.formattedMessage);
if (problems.length > 0) process.exit(1);
const contract = result.contracts[file].UstpToken;
mkdirSync(out, { recursive: true });
writeFileSync(join(out, 'UstpToken.json'), JSON.stringify({
  abi: contract.abi,
  bytecode: '0x' + contract.evm.bytecode.object,
  runtime: '0x' + contract.evm.deployedBytecode.object,
}) + '\n');
