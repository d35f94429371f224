#!/usr/bin/env python3
"""Makes copies of the core's sources with the defects of mutants.txt planted in them, each behind a switch.

mutate.py SOURCE_DIR MUTANTS OUT_DIR      writes the copies and mutants.inc
mutate.py --list MUTANTS                  prints the files that are copied
A text that is not found exactly once is an error: the source has changed and the defect has to move with it.
"""
import re
import sys


def read(path):
    mutants, part, block = [], None, None
    for number, line in enumerate(open(path, encoding='utf-8'), 1):
        line = line.rstrip('\n')
        if not line.strip() or line.startswith('#'):
            continue
        head = re.match(r'(k\w+): (.*)', line)
        if head:
            mutants.append({'name': head[1], 'text': head[2], 'parts': []})
        elif line.startswith('file '):
            part = {'file': line[5:].strip(), 'old': [], 'new': []}
            mutants[-1]['parts'].append(part)
        elif line[:2] in ('- ', '+ '):
            part['old' if line[0] == '-' else 'new'].append(line[2:].strip())
        else:
            sys.exit(f'{path}:{number}: not understood')
    return mutants


def files(mutants):
    return sorted({part['file'] for mutant in mutants for part in mutant['parts']})


def main():
    if sys.argv[1] == '--list':
        print(';'.join(files(read(sys.argv[2]))), end='')
        return
    source, mutants, out = sys.argv[1], read(sys.argv[2]), sys.argv[3]
    for file in files(mutants):
        text = open(f'{source}/{file}', encoding='utf-8').read()
        for mutant in mutants:
            switch = f"::ustp::simulation::planted(::ustp::simulation::Defect::{mutant['name']})"
            for part in mutant['parts']:
                if part['file'] != file:
                    continue
                old, new = '\n'.join(part['old']), '\n'.join(part['new']).replace('PLANTED', switch)
                if text.count(old) != 1:
                    sys.exit(f"mutants.txt: {mutant['name']}: its text stands {text.count(old)} times in {file}")
                text = text.replace(old, new)
        with open(f"{out}/{file.replace('/', '_')}", 'w', encoding='utf-8') as copy:
            copy.write('#include "tests/simulation/planted.hpp"\n' + text)


if __name__ == '__main__':
    main()
