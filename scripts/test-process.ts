import { resolve } from 'node:path'
import { pathToFileURL } from 'node:url'

// Runs the test files that TEST_FILES names, in one process. Its argument tells processes apart that run at the same
// time, since tap names the folders of a test by the command line.

for (const file of process.env.TEST_FILES!.split(' ')) await import(pathToFileURL(resolve(file)).href)
