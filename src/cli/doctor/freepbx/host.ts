// What the doctor sees of a FreePBX on its own host: the console, the files, the stock tables. main.ts hands it in; tests hand in others.

export interface FreepbxHost {
  /** Asterisk's configuration folder. */
  etc: string;
  /** A file of that folder; empty when it can't be read. */
  read(name: string): Promise<string>;
  /** What a console command prints. Rejects when the console can't be reached. */
  console(command: string): Promise<string>;
  /** FreePBX's tables of calls, as far as they can be seen. Rejects with the reason in words. */
  stockTables(): Promise<StockTable[]>;
}

export interface StockTable {
  name: string;
  columns: ReadonlySet<string>;
  /** First columns of its keys. */
  indexed: ReadonlySet<string>;
  /** The database's own estimate. */
  rows: number;
}
